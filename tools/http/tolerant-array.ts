import { z } from 'zod'

const TOLERANT = new WeakSet<z.ZodType>()

/**
 * A list whose items stand on their own: `parseInSlices` leaves an item that does not fit the schema out, reports it as unreadable, and keeps
 * the rest. Do not use it for a list whose missing items lead to a conclusion.
 */
export function tolerantArray<S extends z.ZodType>(item: S): z.ZodArray<S> {
  const schema = z.array(item)
  TOLERANT.add(schema)
  return schema
}

/** Whether a schema was made by `tolerantArray`. */
export function isTolerant(schema: z.ZodType): boolean {
  return TOLERANT.has(schema)
}
