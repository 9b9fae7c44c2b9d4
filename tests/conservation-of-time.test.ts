import { chooseRows } from '@goalixa/chassis/testing/choose-rows'
import { startCore, type TestCore } from '@goalixa/core/testing/start-core'
import { isPerfect, simulateTime } from '@goalixa/pwa/testing/simulate-time'
import { type TimeHistory, timeHistory } from '@goalixa/pwa/testing/time-histories'
import { buildReport } from '@goalixa/rules/reports/build-report'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'

// All 300 in the long run; the rules of core alone are proven in pwa/sync/time.property.test.ts on a model.
const [RUNS] = chooseRows([300, 15], [15])
const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe']
const DAY_MS = 86_400_000

let core: TestCore
beforeAll(async () => {
  core = await startCore({ page: { rows: 3, textBytes: 1_000_000 } })
})
afterAll(() => core.stopAll())

test('core, its reports and both devices agree on the time between the gestures, whatever the clocks say', {
  timeout: 900_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(timeHistory, async history => {
      const user = await core.newUser()
      const { entries, expected } = await simulateTime(history, {
        now: () => core.clock.now,
        setNow: ms => {
          core.clock.now = ms
        },
        sync: request => core.sync.sync(user.id, request),
      })
      const timed = isPerfect(history) ? expected : (entries[0] ?? [])
      for (const timeZone of ZONES) {
        const query = { ...days(history), timeZone, weekStart: 'monday', running: 'include' } as const
        const report = buildReport({ entries: timed, tasks: [], projects: [] }, query, core.clock.now)
        const parameters = `from=${query.from}&to=${query.to}&time_zone=${timeZone}`
        expect((await user.call('GET', `/v1/reports/summary?${parameters}`)).body).toEqual(report)
      }
    }),
    { numRuns: RUNS, seed: 7 },
  )
})

function days({ startMs }: TimeHistory) {
  const [from = '', to = ''] = [startMs - DAY_MS, core.clock.now + DAY_MS].map(ms =>
    new Date(ms).toISOString().slice(0, 10),
  )
  return { from, to }
}
