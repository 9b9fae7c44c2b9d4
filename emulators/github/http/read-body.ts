import type { z } from 'zod'
import { validationFailed } from './github-error.ts'

/** Parses the body. Throws GitHub's 422 with each invalid field. */
export function readBody<S extends z.ZodType>(schema: S, body: unknown, resource: string): z.infer<S> {
  const parsed = schema.safeParse(body ?? {})
  if (parsed.success) return parsed.data
  throw validationFailed(
    ...parsed.error.issues.map(issue => ({
      resource,
      field: issue.path.join('.') || 'body',
      code: isMissing(issue) ? 'missing_field' : 'invalid',
      message: issue.message,
    })),
  )
}

function isMissing(issue: z.core.$ZodIssue): boolean {
  return issue.code === 'invalid_type' && issue.message.includes('received undefined')
}
