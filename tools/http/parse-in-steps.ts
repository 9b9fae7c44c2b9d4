import { z } from 'zod'
import type { Cut } from '../evidence.ts'
import type { Steps } from '../slices/run-in-slices.ts'
import { isTolerant } from './tolerant-array.ts'

/** A value that fits its schema, or where and why it does not. */
export type Parsed = { data: unknown } | { fault: string }
type Path = readonly (string | number)[]

/**
 * Parses a value as `schema.safeParse` does, in steps and up to the first fault. Lists, records and the objects around them are walked here; Zod
 * itself parses what its schema limits. Items of a `tolerantArray` that do not fit are left out and added to `unreadable`.
 */
export function* parseInSteps(
  schema: z.ZodType,
  value: unknown,
  unreadable: Cut[],
  path: Path = [],
): Steps<Parsed> {
  if (!isUnlimited(schema)) return parseLimited(schema, value, path)
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault) {
    const isOwn = value === undefined || (value === null && !(schema instanceof z.ZodDefault))
    return isOwn && schema.safeParse(value).success
      ? parseLimited(schema, value, path)
      : yield* parseInSteps(schema.unwrap() as z.ZodType, value, unreadable, path)
  }
  if (schema instanceof z.ZodArray && Array.isArray(value))
    return yield* parseList(schema, value, unreadable, path)
  if (schema instanceof z.ZodRecord && isFields(value))
    return yield* parseFields(
      Object.keys(value),
      () => schema.valueType as z.ZodType,
      value,
      unreadable,
      path,
    )
  if (schema instanceof z.ZodObject && isFields(value)) {
    const shape = schema.shape as Record<string, z.ZodType>
    return yield* parseFields(Object.keys(shape), name => shape[name], value, unreadable, path)
  }
  // Not a list or object, so that nothing but its type is checked.
  return parseLimited(schema, value, path)
}

function* parseList(schema: z.ZodArray, items: unknown[], unreadable: Cut[], path: Path): Steps<Parsed> {
  const data: unknown[] = []
  let firstFault: string | undefined
  for (const [index, item] of items.entries()) {
    if (index % 20 === 19) yield
    const parsed = yield* parseInSteps(schema.element as z.ZodType, item, unreadable, [...path, index])
    if ('data' in parsed) data.push(parsed.data)
    else if (isTolerant(schema) && data.length + MAX_UNREADABLE > index) firstFault ??= parsed.fault
    else return parsed
  }
  if (firstFault === undefined) return { data }
  if (data.length === 0) return { fault: firstFault }
  const note = `unreadable: ${firstFault}`.slice(0, MAX_FAULT_CHARS)
  unreadable.push({ path: path.join('.'), unit: 'items', kept: data.length, total: items.length, note })
  return { data }
}

/** Fields without a schema stay as they are. */
function* parseFields(
  names: string[],
  schemaOf: (name: string) => z.ZodType | undefined,
  value: Record<string, unknown>,
  unreadable: Cut[],
  path: Path,
): Steps<Parsed> {
  const data = { ...value }
  for (const [index, name] of names.entries()) {
    if (index % 50 === 49) yield
    const field = Object.hasOwn(value, name) ? value[name] : undefined
    const parsed = yield* parseInSteps(schemaOf(name) ?? z.unknown(), field, unreadable, [...path, name])
    if ('fault' in parsed) return parsed
    if (parsed.data === undefined || parsed.data === field) continue
    Object.defineProperty(data, name, {
      value: parsed.data,
      enumerable: true,
      writable: true,
      configurable: true,
    })
  }
  return { data }
}

function parseLimited(schema: z.ZodType, value: unknown, path: Path): Parsed {
  const parsed = schema.safeParse(value)
  if (parsed.success) return { data: parsed.data }
  const [issue] = parsed.error.issues
  const at = [...path, ...(issue?.path ?? [])].join('.')
  const fault = `${at === '' ? '' : `${at}: `}${issue?.message ?? 'unexpected value'}`
  return { fault: fault.slice(0, MAX_FAULT_CHARS) }
}

/** Whether the size of the value decides how long it takes to parse it. */
function isUnlimited(schema: z.ZodType): boolean {
  const known = unlimited.get(schema)
  if (known !== undefined) return known
  const is = findUnlimited(schema)
  unlimited.set(schema, is)
  return is
}

function findUnlimited(schema: z.ZodType): boolean {
  // Refinements need the whole value, and a strict object its names.
  if ((schema.def as { checks?: unknown[] }).checks?.length) return false
  if (schema instanceof z.ZodArray || schema instanceof z.ZodRecord) return true
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault)
    return isUnlimited(schema.unwrap() as z.ZodType)
  return (
    schema instanceof z.ZodObject &&
    schema.def.catchall instanceof z.ZodUnknown &&
    Object.values(schema.shape as Record<string, z.ZodType>).some(isUnlimited)
  )
}

function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const unlimited = new WeakMap<z.ZodType, boolean>()
const MAX_FAULT_CHARS = 300
// A list with more of them is something else; an unreadable item costs more than a readable one.
const MAX_UNREADABLE = 100
