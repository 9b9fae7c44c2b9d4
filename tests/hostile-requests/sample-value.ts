import { randomUUID } from 'node:crypto'
import type { JsonSchema } from './list-routes.ts'

// One for each pattern in our schemas; a new pattern that none of them matches fails the test.
const TEXTS = [
  'name',
  '2026-03-01T09:00:00.000Z',
  '2026-03-01',
  'Europe/Berlin',
  '#00ff00',
  'person@example.com',
  '7',
  'true',
]

/** Returns a value that a schema accepts, as far as the schema says; `known` names values by the name of the field. */
export function sampleValue(schema: JsonSchema, known: Record<string, unknown>, name = ''): unknown {
  if (name in known) return known[name]
  const [choice] = schema.anyOf ?? schema.allOf ?? []
  if (choice) return sampleValue(choice, known, name)
  if (schema.enum) return schema.enum[0]
  if (schema.type === 'object')
    return Object.fromEntries(
      Object.entries(schema.properties ?? {}).map(([key, field]) => [key, sampleValue(field, known, key)]),
    )
  if (schema.type === 'array') return [sampleValue(schema.items ?? {}, known)]
  if (schema.type === 'integer' || schema.type === 'number') return Math.max(schema.minimum ?? 1, 1)
  if (schema.type === 'boolean') return false
  return sampleText(schema)
}

function sampleText({ format, pattern, minLength = 0 }: JsonSchema): string {
  if (format === 'uuid') return randomUUID()
  const fits = [...TEXTS, randomUUID()].find(
    text => text.length >= minLength && (!pattern || new RegExp(pattern, 'u').test(text)),
  )
  if (fits === undefined) throw new Error(`No sample text matches ${pattern}; add one to TEXTS.`)
  return fits
}
