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

// The clock is set while a request is on its way: what is made then must wait for an answer that measures the clock.
const SET_AFTER_SENDING: TimeHistory = {
  startMs: Date.parse('2026-03-28T20:00:00Z'),
  offsetsMs: [-62_909, 0],
  isSteadyInSleep: [false, false],
  steps: [
    { do: 'sync', device: 0, net: 'ok', upMs: 0, downMs: 0 },
    { do: 'gesture', device: 0, gesture: 'toggle' },
    { do: 'sync', device: 0, net: 'late', upMs: 0, downMs: 0 },
    { do: 'set clock', device: 0, offsetMs: 57_092 },
    { do: 'gesture', device: 0, gesture: 'toggle' },
    { do: 'reload', device: 0, ms: 1, offsetMs: null },
    { do: 'set clock', device: 0, offsetMs: 0 },
    { do: 'wait', ms: 3_600_000 },
    { do: 'gesture', device: 0, gesture: 'toggle' },
    { do: 'sync', device: 0, net: 'ok', upMs: 1, downMs: 0 },
  ],
}

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
    await fc.assert(property, { numRuns: RUNS, examples: [[SET_AFTER_SENDING]] })
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

  it('timers-closed-in-future', () =>
    expectCaught(history => play(history, { server: 'timers-closed-in-future' }), /TIME_IN_FUTURE/))
})

it('a device that is behind and sends before it measures is stopped by core, which checks both directions', async () => {
  const history: TimeHistory = {
    startMs: Date.parse('2026-03-28T20:00:00Z'),
    offsetsMs: [-DAY_MS, 0],
    isSteadyInSleep: [false, false],
    steps: [
      { do: 'gesture', device: 0, gesture: 'toggle' },
      { do: 'wait', ms: 3_600_000 },
      { do: 'sync', device: 0, net: 'ok', upMs: 1, downMs: 0 },
    ],
  }
  const device = 'sends-before-it-measures'
  await play(history, { device })
  await expect(play(history, { device, server: 'skew-checked-one-way' })).rejects.toThrow('WRONG_START')
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
