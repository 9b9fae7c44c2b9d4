import { chooseRows } from '@goalixa/chassis/testing/choose-rows'
import { buildReport } from '@goalixa/rules/reports/build-report'
import type { Entry } from '@goalixa/rules/time/entries'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createServerModel, type ServerFault } from '../testing/create-server-model.ts'
import type { DeviceFault } from '../testing/create-timed-device.ts'
import { isPerfect, simulateTime } from '../testing/simulate-time.ts'
import { type TimeHistory, timeHistory } from '../testing/time-histories.ts'

// All 10,000 in the long run.
const [RUNS] = chooseRows([10_000, 1_000], [1_000])
const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe']
const DAY_MS = 86_400_000

describe('two devices of one person, whose clocks are wrong and set, asleep or reloaded at any time', () => {
  it('record the time between the gestures', { timeout: 600_000 }, async () => {
    const seen = { perfect: 0, entries: 0 }
    const property = fc.asyncProperty(timeHistory, async history => {
      const { entries, expected, nowMs } = await play(history)
      seen.entries += expected.length
      if (!isPerfect(history)) return
      seen.perfect += 1
      for (const shown of entries) {
        expect(shown).toEqual(expected)
        for (const zone of ZONES)
          expect(sumUp(shown, zone, history, nowMs)).toEqual(sumUp(expected, zone, history, nowMs))
      }
    })
    await fc.assert(property, { numRuns: RUNS })
    expect(seen.perfect).toBeGreaterThan(Number(RUNS) / 4)
    expect(seen.entries).toBeGreaterThan(Number(RUNS) * 2)
  })
})

describe('the simulation detects the fault', () => {
  const onDevice: [DeviceFault, RegExp][] = [
    ['readings-not-shifted', /WRONG_|REJECTED/],
    ['jumps-ignored', /WRONG_/],
    ['pauses-ignored', /WRONG_/],
    ['sends-before-it-measures', /WRONG_/],
  ]
  it.each(onDevice)('%s', (fault, words) => expectCaught(history => play(history, { device: fault }), words))

  const onServer: [ServerFault, RegExp][] = [
    ['skew-checked-one-way', /WRONG_/],
    ['timers-closed-in-future', /TIME_IN_FUTURE/],
  ]
  it.each(onServer)('%s', (fault, words) => expectCaught(history => play(history, { server: fault }), words))
})

async function expectCaught(run: (history: TimeHistory) => Promise<unknown>, words: RegExp) {
  const property = fc.asyncProperty(timeHistory, async history => void (await run(history)))
  const { failed, errorInstance } = await fc.check(property, { numRuns: 500, seed: 42, endOnFailure: true })
  expect(failed).toBe(true)
  expect(String(errorInstance)).toMatch(words)
}

async function play(history: TimeHistory, faults: { device?: DeviceFault; server?: ServerFault } = {}) {
  let nowMs = 0
  const now = () => nowMs
  const setNow = (ms: number) => {
    nowMs = ms
  }
  const model = createServerModel({ now, pageSize: 3, fault: faults.server })
  const outcome = await simulateTime(history, { now, setNow, sync: model.sync }, faults.device)
  return { ...outcome, nowMs }
}

function sumUp(entries: readonly Entry[], timeZone: string, { startMs }: TimeHistory, nowMs: number) {
  const [from = '', to = ''] = [startMs - DAY_MS, nowMs + DAY_MS].map(ms =>
    new Date(ms).toISOString().slice(0, 10),
  )
  const query = { from, to, timeZone, weekStart: 'monday', running: 'include' } as const
  return buildReport({ entries, tasks: [], projects: [] }, query, nowMs)
}
