/** The kind of a failure decides the HTTP status, the log level and whether the call is retried. */
export type ErrorKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'missing'
  | 'conflict'
  | 'too-large'
  | 'unsupported'
  | 'too-many'
  | 'too-slow'
  | 'unavailable'
  | 'bad-upstream'

/** A failure we foresaw. Anything else that is thrown is a bug and answers 500. */
export class ExpectedError extends Error {
  override readonly name = 'ExpectedError'
  readonly kind: ErrorKind
  /** Stable and machine-readable, for example WRONG_CREDENTIALS. */
  readonly code: string
  /** The invalid fields, each with what was expected of it. */
  readonly fields: readonly FieldFault[]
  /** Seconds after which a retry may succeed; becomes the Retry-After header. */
  readonly retryAfterSeconds: number | undefined

  constructor(
    kind: ErrorKind,
    code: string,
    message: string,
    options?: ErrorOptions & { fields?: FieldFault[]; retryAfterSeconds?: number },
  ) {
    super(message, options)
    this.kind = kind
    this.code = code
    this.fields = options?.fields ?? []
    this.retryAfterSeconds = options?.retryAfterSeconds
  }
}

export type FieldFault = { field: string; expected: string }

const STATUS = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  missing: 404,
  conflict: 409,
  'too-large': 413,
  unsupported: 415,
  'too-many': 429,
  'too-slow': 408,
  unavailable: 503,
  'bad-upstream': 502,
} as const satisfies Record<ErrorKind, number>

/** Returns the HTTP status of a kind of failure. */
export function statusOf(kind: ErrorKind): number {
  return STATUS[kind]
}

/** Returns whether the same call may succeed a moment later, which is true of `unavailable` only. */
export function isRetryable(error: unknown): boolean {
  return error instanceof ExpectedError && error.kind === 'unavailable'
}
