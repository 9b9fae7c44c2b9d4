import type { FastifySchemaCompiler } from 'fastify'
import type { z } from 'zod'
import { describeIssue } from './describe-issue.ts'
import { ExpectedError } from './errors.ts'
import { fieldsOf } from './problem.ts'

/** Compiles a Zod schema of a route to a validator whose errors name each invalid field and what was expected of it, for people. */
export const compileValidator: FastifySchemaCompiler<z.ZodType> =
  ({ schema }) =>
  value => {
    const parsed = schema.safeParse(value, { error: describeIssue })
    if (parsed.success) return { value: parsed.data }
    return {
      error: new ExpectedError('invalid', 'INVALID_INPUT', 'Validation failed: some fields are invalid.', {
        fields: fieldsOf(parsed.error),
      }),
    }
  }
