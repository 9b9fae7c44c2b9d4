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

test('durations that were not stored follow from the times', () => {
  const older = {
    ...stored([]),
    lastAt: '2026-01-01T00:00:40Z',
    holdsSince: '2026-01-01T00:00:30Z',
    sameSince: '2026-01-01T00:00:30Z',
  }
  expect(parseVerification(older, predicates)).toMatchObject({
    observedMs: 40_000,
    holdsMs: 10_000,
    worseMs: null,
    sameMs: 10_000,
  })
  const newer = { ...older, observedMs: 7_000, holdsMs: null, worseMs: null, sameMs: 5_000 }
  expect(parseVerification(newer, predicates)).toMatchObject({
    observedMs: 7_000,
    holdsMs: null,
    sameMs: 5_000,
  })
})
