import { expect, test } from 'vitest'
import { parseVerification } from './parse-verification.ts'

const predicates = { recovered: ['a', 'b'], worse: ['c'], unrelatedAlerts: ['d'] }
const reading = { message: 'm', value: 1, holds: true }
const stored = (readings: object[]) => ({
  startedAt: '2026-01-01T00:00:00Z',
  lastAt: null,
  holdsSince: null,
  worseSince: null,
  readings,
  result: null,
})
const rolesOf = (readings: object[]) =>
  parseVerification(stored(readings), predicates)?.readings.map(({ role }) => role)

test('a reading that was stored without a role gets the role of its predicate', () => {
  expect(rolesOf([reading, reading, reading, reading])).toEqual([
    'recovered',
    'recovered',
    'worse',
    'unrelated',
  ])
  expect(rolesOf([{ ...reading, role: 'worse' }])).toEqual(['worse'])
})

test('an action that was never verified has no verification', () => {
  expect(parseVerification(null, predicates)).toBeNull()
})
