const STATUS = {
  2: 500,
  3: 400,
  5: 404,
  6: 409,
  7: 403,
  9: 400,
  12: 501,
  13: 500,
  14: 503,
  16: 401,
} as const

/** A gRPC code, as Argo CD returns it through grpc-gateway. */
export type GrpcCode = keyof typeof STATUS

/** An error of Argo CD, with its message and gRPC code. */
export class GrpcError extends Error {
  override readonly name = 'GrpcError'
  readonly code: GrpcCode
  readonly status: number

  constructor(code: GrpcCode, message: string) {
    super(message)
    this.code = code
    this.status = STATUS[code]
  }
}

/** Creates an error of code 3: the request itself is invalid. */
export function invalidArgument(message: string) {
  return new GrpcError(3, message)
}

/** Creates an error of code 9: a valid request in the wrong state. */
export function failedPrecondition(message: string) {
  return new GrpcError(9, message)
}

/** Creates an error of code 7, also for a missing application: Argo CD does not distinguish the two. */
export function permissionDenied(message = 'permission denied') {
  return new GrpcError(7, message)
}

/** Creates an error of code 5. */
export function notFound(message: string) {
  return new GrpcError(5, message)
}
