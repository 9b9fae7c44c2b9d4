import type { FieldError, ResourceKind } from '../meta/resource-kind.ts'
import { resourceNameOf } from '../meta/resource-kind.ts'

export type StatusCause = { reason?: string; message: string; field?: string }
export type Status = {
  kind: 'Status'
  apiVersion: 'v1'
  metadata: Record<string, never>
  status: 'Success' | 'Failure'
  message?: string
  reason?: string
  details?: {
    name?: string
    group?: string
    kind?: string
    uid?: string
    causes?: StatusCause[]
    retryAfterSeconds?: number
  }
  code: number
}
type Named = Pick<ResourceKind, 'group' | 'plural'>

/** An error in the form of the API: metav1.Status. */
export class StatusError extends Error {
  override readonly name = 'StatusError'
  readonly code: number
  readonly reason: string
  readonly details: Status['details']
  constructor(code: number, reason: string, message: string, details?: Status['details']) {
    super(message)
    this.code = code
    this.reason = reason
    this.details = details
  }
}

/** Returns the body of an error response. */
export function statusOf(error: StatusError): Status {
  const { code, reason, message, details } = error
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, details, code }
}

/** Creates a 404: no such object. */
export function notFoundError(kind: Named, name: string): StatusError {
  return new StatusError(
    404,
    'NotFound',
    `${resourceNameOf(kind)} "${name}" not found`,
    detailsOf(kind, name),
  )
}

/** Creates a 404: no such path, resource or subresource. */
export function noSuchPath(): StatusError {
  return new StatusError(404, 'NotFound', 'the server could not find the requested resource', {})
}

/** Creates a 409: the name is already in use. */
export function alreadyExists(kind: Named, name: string): StatusError {
  return new StatusError(
    409,
    'AlreadyExists',
    `${resourceNameOf(kind)} "${name}" already exists`,
    detailsOf(kind, name),
  )
}

/** Creates a 409: a concurrent change, or a precondition that does not hold. */
export function conflict(kind: Named, name: string, detail: string): StatusError {
  const message = `Operation cannot be fulfilled on ${resourceNameOf(kind)} "${name}": ${detail}`
  return new StatusError(409, 'Conflict', message, detailsOf(kind, name))
}

/** Creates a 422: some fields are invalid. */
export function invalidObject(
  kind: Pick<ResourceKind, 'group' | 'kind'>,
  name: string,
  errors: FieldError[],
): StatusError {
  const texts = errors.map(({ field, message }) => `${field}: ${message}`)
  const qualified = kind.group === '' ? kind.kind : `${kind.kind}.${kind.group}`
  const list = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`
  return new StatusError(422, 'Invalid', `${qualified} "${name}" is invalid: ${list}`, {
    name,
    group: kind.group,
    kind: kind.kind,
    causes: errors.map(({ reason, message, field }) => ({ reason, message, field })),
  })
}

/** Creates a 400: the request is malformed. */
export function badRequest(message: string): StatusError {
  return new StatusError(400, 'BadRequest', message)
}

/** Creates a 403: the request is not allowed. */
export function forbiddenError(kind: Named, name: string, detail: string): StatusError {
  return new StatusError(
    403,
    'Forbidden',
    `${resourceNameOf(kind)} "${name}" is forbidden: ${detail}`,
    detailsOf(kind, name),
  )
}

function detailsOf(kind: Named, name: string): Status['details'] {
  return { name, ...(kind.group ? { group: kind.group } : {}), kind: kind.plural }
}
