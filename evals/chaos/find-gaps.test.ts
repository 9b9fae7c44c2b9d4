import { expect, test } from 'vitest'
import { FAULTS } from './faults/catalog.ts'
import { findGaps } from './find-gaps.ts'

test('a run in which nothing happened has exercised nothing, and says so', () => {
  const checks = [{ name: 'effects-once', promise: '', result: { checked: 0, violations: [] } }]
  const gaps = findGaps([{ unavailable: [], checks, journal: { faults: new Map() }, facts: { cases: [] } }])
  for (const { fault } of FAULTS) expect(gaps.join('\n')).toContain(fault.name)
  expect(gaps).toContain('no action with the remedy "scale" was undone')
  expect(gaps).toContain('the check effects-once had nothing to check')
})

test('a fault that was injected but met nothing has not struck, and one that cannot be injected is no gap', () => {
  const faults = new Map(FAULTS.map(({ fault }) => [fault.name, { injected: 2, strikes: 1 }]))
  faults.set('target late', { injected: 2, strikes: 0 })
  faults.delete('Redis emptied')
  const unavailable = [{ name: 'Redis emptied', reason: 'no Redis' }]
  const gaps = findGaps([{ unavailable, checks: [], journal: { faults }, facts: { cases: [] } }])
  expect(gaps.filter(gap => gap.startsWith('the fault'))).toEqual([
    'the fault "target late" was injected 2 times and never struck',
  ])
})
