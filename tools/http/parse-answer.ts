import { ExpectedError } from '@goalixa/chassis/errors'
import { z } from 'zod'

/** The answer of another system, checked against its schema; throws `unavailable` UPSTREAM_GARBLED naming the faulty field. */
export function parseAnswer<S extends z.ZodType>(system: string, schema: S, body: unknown): z.infer<S> {
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  const fault = z.prettifyError(parsed.error).slice(0, 300)
  throw new ExpectedError('unavailable', 'UPSTREAM_GARBLED', `${system} sent an unexpected answer: ${fault}`)
}
