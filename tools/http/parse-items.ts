import type { z } from 'zod'
import { mapInSlices } from '../slices/run-in-slices.ts'
import { parseAnswer } from './parse-answer.ts'

/** Parses the items of a list in another system's response, each against the schema, in slices. */
export function parseItems<S extends z.ZodType>(
  system: string,
  schema: S,
  items: readonly unknown[],
  signal: AbortSignal,
): Promise<z.infer<S>[]> {
  return mapInSlices(items, item => parseAnswer(system, schema, item), signal)
}
