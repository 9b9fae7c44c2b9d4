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

/** Converts a thrown error to a problem. A bug discloses nothing about itself. */
export function toProblem(error: unknown): Problem {
  if (error instanceof ExpectedError)
    return problem(statusOf(error.kind), error.code, error.message, error.fields)
  if (error instanceof z.ZodError)
    return problem(400, 'INVALID_INPUT', 'Validation failed: some fields are invalid.', fieldsOf(error))
  const foreign = asFrameworkError(error)
  if (foreign?.validation)
    return problem(400, 'INVALID_INPUT', 'Validation failed: some fields are invalid.', foreign.validation)
  if (foreign) return problem(foreign.statusCode, foreign.code, foreign.message, faultsOf(foreign))
  return problem(500, 'INTERNAL', 'The service failed to process the request. The error has been logged.', [])
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

function problem(status: number, code: string, detail: string, fields: readonly FieldFault[]): Problem {
  return {
    type: 'about:blank',
    title: TITLES[status] ?? 'Error',
    status,
    code,
    detail,
    ...(fields.length > 0 ? { fields: [...fields] } : {}),
  }
}

const TITLES: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
}

// What Fastify rejects before there are fields to validate.
const REJECTIONS: Record<number, FieldFault> = {
  400: { field: '(body)', expected: 'well-formed JSON' },
  413: { field: '(body)', expected: 'a smaller body; the limit is a setting of the service' },
  415: { field: 'content-type', expected: 'application/json' },
}

function faultsOf({ statusCode, code }: FrameworkError): FieldFault[] {
  const fault = REJECTIONS[statusCode]
  const isAboutBody = code.startsWith('FST_ERR_CTP_') || code === 'INVALID_REQUEST'
  return fault !== undefined && isAboutBody ? [fault] : []
}

type FrameworkError = { statusCode: number; code: string; message: string; validation?: FieldFault[] }

// Fastify's own 4xx errors (body too large, malformed JSON, schema validation) carry a status and a code.
function asFrameworkError(error: unknown): FrameworkError | undefined {
  if (!(error instanceof Error)) return undefined
  const { statusCode, code, validation } = error as Error & {
    statusCode?: unknown
    code?: unknown
    validation?: { instancePath?: string; message?: string; params?: { keys?: string[] } }[]
  }
  if (typeof statusCode !== 'number' || statusCode < 400 || statusCode > 499) return undefined
  return {
    statusCode,
    code: typeof code === 'string' ? code : 'INVALID_REQUEST',
    message: error.message,
    validation: validation?.flatMap(({ instancePath = '', message = 'a valid value', params }) =>
      faultsAt(instancePath.split('/').filter(Boolean), message, params?.keys ?? []),
    ),
  }
}
