import { ExpectedError } from '@goalixa/chassis/errors'
import type { z } from 'zod'
import type { Cut } from '../evidence.ts'
import { processInSlices, reportUnreadable } from '../read-scope.ts'
import { parseInSteps } from './parse-in-steps.ts'

type Options = {
  /** Where the value is in the answer or in the tool's result. */
  path?: string
  /** Collects what is unreadable; by default it is reported. */
  unreadable?: Cut[]
}

/**
 * Checks an answer of another system against its schema, in slices. Unreadable items of a `tolerantArray` are reported. Throws
 * `unavailable` UPSTREAM_GARBLED naming the faulty field.
 */
export async function parseInSlices<S extends z.ZodType>(
  system: string,
  schema: S,
  body: unknown,
  signal: AbortSignal,
  { path = '', unreadable }: Options = {},
): Promise<z.infer<S>> {
  const left: Cut[] = []
  const parsed = await processInSlices(parseInSteps(schema, body, left, path === '' ? [] : [path]), signal)
  if ('fault' in parsed)
    throw new ExpectedError(
      'unavailable',
      'UPSTREAM_GARBLED',
      `${system} sent an unexpected answer: ${parsed.fault}`,
    )
  if (unreadable === undefined) reportUnreadable(system, left)
  else unreadable.push(...left)
  return parsed.data as z.infer<S>
}
