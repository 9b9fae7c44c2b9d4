import { expect, test } from 'vitest'
import { z } from 'zod'
import { describeIssue } from './describe-issue.ts'

const WORDS: [z.ZodType, unknown, string][] = [
  [z.string().max(500), 'x'.repeat(501), 'at most 500 characters'],
  [z.string().min(1), '', 'text that is not empty'],
  [z.string().min(8), 'x', 'at least 8 characters'],
  [z.string(), 7, 'text'],
  [z.string(), undefined, 'text; it is missing'],
  [z.number(), Number.POSITIVE_INFINITY, 'a finite number'],
  [z.number().int(), 1.5, 'a whole number'],
  [z.number().int(), 2 ** 53, 'a number, at most 9,007,199,254,740,991'],
  [z.number().max(31_536_000), 31_536_001, 'a number, at most 31,536,000'],
  [z.coerce.number().int().min(1), '0', 'a number, at least 1'],
  [z.number().positive(), 0, 'a number, more than 0'],
  [z.array(z.string()).max(2), ['', '', ''], 'at most 2 entries'],
  [z.boolean(), 'yes', 'true or false'],
  [z.stringbool(), 'maybe', 'true or false'],
  [z.enum(['high', 'medium', 'low']), 'urgent', 'high, medium or low'],
  [z.literal(1), 2, '1'],
  [z.uuid(), 'x', 'a UUID, for example 01890000-0000-7000-8000-000000000001'],
  [z.email(), 'x', 'an email address'],
  [z.iso.date(), '2026-02-30', 'a calendar day that exists, for example 2026-03-01'],
  [z.object({}), [], 'an object with named fields'],
  [z.json(), Number.NaN, 'one of the documented forms of this field'],
]

test('an invalid value is described in words for people, with the limit', () => {
  const words = WORDS.map(([schema, value]) => [
    value,
    schema.safeParse(value, { error: describeIssue }).error?.issues[0]?.message,
  ])
  expect(words).toEqual(WORDS.map(([, value, expected]) => [value, expected]))
})

test('a message of the schema’s own comes first', () => {
  const parsed = z.string().max(3, 'a short name').safeParse('long', { error: describeIssue })
  expect(parsed.error?.issues[0]?.message).toBe('a short name')
})
