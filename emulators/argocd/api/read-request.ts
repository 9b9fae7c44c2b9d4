import type { z } from 'zod'
import { invalidArgument } from './grpc-error.ts'

/** Parses a body or query. Throws code 3 with the invalid field. */
export function readRequest<S extends z.ZodType>(schema: S, value: unknown): z.infer<S> {
  const parsed = schema.safeParse(value ?? {})
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw invalidArgument(`invalid value for field ${issue?.path.join('.') || 'body'}: ${issue?.message ?? ''}`)
}
