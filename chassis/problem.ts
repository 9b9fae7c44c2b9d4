import { z } from 'zod'
import { ExpectedError, type FieldFault, statusOf } from './errors.ts'

/** Problem details (RFC 9457) with a stable `code` and the invalid `fields`. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  code: z.string(),
  detail: z.string().optional(),
  fields: z.array(z.object({ field: z.string(), expected: z.string() })).optional(),
})
export type Problem = z.infer<typeof Problem>

// A body with ten thousand invalid fields needs no answer of ten thousand lines.
const MAX_FAULTS = 20
const MAX_FIELD_CHARS = 200

/** Converts a thrown error to a problem. A bug discloses nothing about itself. `maxBytes` is the largest body that the route accepts. */
export function toProblem(error: unknown, { maxBytes }: { maxBytes: number }): Problem {
  if (error instanceof ExpectedError)
    return createProblem(statusOf(error.kind), error.code, error.message, error.fields)
  const rejected = asFrameworkError(error)
  if (rejected) {
    const { status, code } = rejected
    const { detail, fault } = REJECTIONS[code]?.(maxBytes) ?? { detail: 'The request is malformed.' }
    return createProblem(status, code, detail, fault ? [fault] : [])
  }
  return createProblem(
    500,
    'INTERNAL',
    'The service failed to process the request. The error has been logged.',
    [],
  )
}

/** Returns the invalid fields of a Zod error, as path and expectation. */
export function fieldsOf(error: z.ZodError): FieldFault[] {
  return error.issues.flatMap(issue =>
    faultsAt(issue.path, issue.message, issue.code === 'unrecognized_keys' ? issue.keys : []),
  )
}

function faultsAt(path: readonly PropertyKey[], expected: string, unknown: readonly string[]): FieldFault[] {
  if (unknown.length > 0)
    return unknown.map(key => ({ field: [...path, key].join('.'), expected: 'no such field' }))
  return [{ field: path.join('.') || '(body)', expected }]
}

/** Creates the problem of an HTTP status. */
export function createProblem(
  status: number,
  code: string,
  detail: string,
  fields: readonly FieldFault[] = [],
): Problem {
  return {
    type: 'about:blank',
    title: TITLES[status] ?? 'Error',
    status,
    code,
    detail,
    ...(fields.length > 0 ? { fields: boundFaults(fields) } : {}),
  }
}

function boundFaults(faults: readonly FieldFault[]): FieldFault[] {
  const listed = faults.slice(0, MAX_FAULTS).map(({ field, expected }) => ({
    field: field.length > MAX_FIELD_CHARS ? `${field.slice(0, MAX_FIELD_CHARS)}…` : field,
    expected,
  }))
  const others = faults.length - listed.length
  return others > 0 ? [...listed, { field: '(others)', expected: `${others} more are invalid` }] : listed
}

const TITLES: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  408: 'Request Timeout',
  409: 'Conflict',
  413: 'Content Too Large',
  414: 'URI Too Long',
  415: 'Unsupported Media Type',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
}

type FrameworkError = { status: number; code: string }
type Rejection = { detail: string; fault?: FieldFault }

// What Fastify rejects before a route sees it, in our words.
const REJECTIONS: Record<string, (maxBytes: number) => Rejection> = {
  FST_ERR_CTP_EMPTY_JSON_BODY: () => ({
    detail: 'The body is empty.',
    fault: { field: '(body)', expected: 'well-formed JSON' },
  }),
  FST_ERR_CTP_INVALID_JSON_BODY: () => ({
    detail: 'The body is not valid JSON.',
    fault: { field: '(body)', expected: 'well-formed JSON' },
  }),
  FST_ERR_CTP_BODY_TOO_LARGE: maxBytes => ({
    detail: 'The body is too large.',
    fault: { field: '(body)', expected: `at most ${maxBytes.toLocaleString('en')} bytes` },
  }),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () => ({
    detail: 'The Content-Type of the body is missing or not supported.',
    fault: { field: 'content-type', expected: 'application/json' },
  }),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () => ({
    detail: 'The body is not as long as its Content-Length says.',
    fault: { field: 'content-length', expected: 'the number of bytes in the body' },
  }),
  FST_ERR_BAD_URL: () => ({
    detail: 'The path is not a valid URL path.',
    fault: { field: '(path)', expected: 'UTF-8 in valid percent-encoding' },
  }),
  FST_ERR_MAX_PARAM_LENGTH: () => ({
    detail: 'A part of the path is too long.',
    fault: { field: '(path)', expected: 'at most 100 characters between two slashes' },
  }),
}

/** Returns the status and code of an error with which Fastify rejects a request (body too large, malformed JSON, aborted), else undefined. */
export function asFrameworkError(error: unknown): FrameworkError | undefined {
  if (!(error instanceof Error)) return undefined
  const { statusCode, code } = error as Error & { statusCode?: unknown; code?: unknown }
  if (typeof statusCode !== 'number' || statusCode < 400 || statusCode > 499) return undefined
  return { status: statusCode, code: typeof code === 'string' ? code : 'INVALID_REQUEST' }
}
