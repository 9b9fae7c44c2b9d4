import { readConfig } from '@goalixa/chassis/config'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  arrivesAfterItWasTakenOut,
  arrivesBeforeItIsTakenOut,
  lateRequest,
  lateSkewAnswer,
  mergedPastTheBase,
  pulledBehindTheWrongClock,
} from '../testing/pinned-histories.ts'
import { type Fault, simulateSync } from '../testing/simulate-sync.ts'
import { type History, history, serverClockHistory } from '../testing/sync-histories.ts'

const SEED = 42
// A long run: SYNC_RUNS=60000.
const { SYNC_RUNS } = readConfig(z.object({ SYNC_RUNS: z.coerce.number().int().min(1).default(2_000) }))

describe('sync between four devices with wrong clocks on a bad network', () => {
  it('loses nothing, does nothing twice and converges in thousands of random histories', {
    timeout: 60_000 + SYNC_RUNS * 20,
  }, () => {
    const total = { ops: 0, conflicts: 0 }
    const property = fc.property(history, events => {
      const { ops, conflicts } = simulateSync(events)
      total.ops += ops
      total.conflicts += conflicts
    })
    fc.assert(property, {
      numRuns: SYNC_RUNS,
      examples: [[lateRequest], [lateSkewAnswer], [mergedPastTheBase], [pulledBehindTheWrongClock]],
    })
    expect(total.ops).toBeGreaterThan(SYNC_RUNS * 5)
    expect(total.conflicts).toBeGreaterThan(SYNC_RUNS / 2)
  })

  it('goes on if the clock of the server was wrong for a while', { timeout: 60_000 + SYNC_RUNS * 20 }, () => {
    const property = fc.property(serverClockHistory, events => void simulateSync(events))
    fc.assert(property, { numRuns: Math.ceil(SYNC_RUNS / 10) })
  })
})

describe('the invariants detect the fault', () => {
  const byRandomHistories: [Fault, RegExp][] = [
    ['no-dedup', /NOT_EXACTLY_ONCE/],
    ['no-skew-check', /FUTURE_STAMP|WRONGLY_REJECTED/],
    ['jumps-ignored', /WRONG_TIME/],
    ['timers-closed-in-future', /TIME_IN_FUTURE/],
    ['readings-not-shifted', /WRONG_TIME|WRONGLY_REJECTED/],
    ['no-journal', /SILENT_OVERWRITE/],
    ['cursor-holes', /REPLICAS_DIFFER/],
    ['whole-row', /SILENT_OVERWRITE/],
    ['forget-on-send', /REPLICAS_DIFFER/],
    ['not-atomic', /REPLICAS_DIFFER/],
    ['wall-clock', /REPLICAS_DIFFER|EDIT_NOT_NEWER|SILENT_OVERWRITE/],
    ['clock-not-merged', /REPLICAS_DIFFER|EDIT_NOT_NEWER|SILENT_OVERWRITE/],
    ['batch-not-bounded', /REQUEST_TOO_LARGE/],
    ['refused-op-kept', /OUTBOX_NOT_DRAINED/],
    ['taken-out-twice', /NOT_EXACTLY_ONCE/],
    ['emptied-by-foreign-refusal', /WRONGLY_REJECTED/],
  ]
  it.each(byRandomHistories)('%s', (fault, invariant) => {
    const property = fc.property(history, events => void simulateSync(events, fault))
    const { failed, errorInstance } = fc.check(property, { numRuns: 100, seed: SEED, endOnFailure: true })
    expect(failed).toBe(true)
    expect(String(errorInstance)).toMatch(invariant)
  })

  it('own-stamps-refused', () => {
    const property = fc.property(
      serverClockHistory,
      events => void simulateSync(events, 'own-stamps-refused'),
    )
    const { failed, errorInstance } = fc.check(property, { numRuns: 100, seed: SEED, endOnFailure: true })
    expect(failed).toBe(true)
    expect(String(errorInstance)).toMatch(/OUTBOX_NOT_DRAINED/)
  })

  const byPinnedHistories: [Fault, History, string][] = [
    ['late-answers', lateSkewAnswer, 'REPLICAS_DIFFER'],
    ['bases-ignored', mergedPastTheBase, 'REPLICAS_DIFFER'],
    ['late-requests', lateRequest, 'REPLICAS_DIFFER'],
    ['taken-out-blindly', arrivesAfterItWasTakenOut, 'NOT_EXACTLY_ONCE'],
    ['taken-out-blindly', arrivesBeforeItIsTakenOut, 'NOT_EXACTLY_ONCE'],
  ]
  it.each(byPinnedHistories)('%s', (fault, events, invariant) => {
    expect(() => simulateSync(events, fault)).toThrow(invariant)
    expect(() => simulateSync(events)).not.toThrow()
  })
})
