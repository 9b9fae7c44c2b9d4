import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createLog } from '@goalixa/chassis/log'
import { expect, test } from 'vitest'
import { testConfig } from '../testing/test-config.ts'
import { runSchedule } from './run-schedule.ts'
import { SCHEDULE } from './schedule.ts'

test('every job file has an entry in the schedule, except the one that the queue runs', () => {
  const files = readdirSync(join(import.meta.dirname, '..'), { recursive: true, encoding: 'utf8' })
  const jobs = files.flatMap(path => /([^/]+)\.job\.ts$/.exec(path)?.[1] ?? [])
  const queued = ['advance-investigation']
  expect(jobs.filter(name => !queued.includes(name)).toSorted()).toEqual(Object.keys(SCHEDULE).toSorted())
})

test('a job that fails is logged, runs again and does not delay the others', async () => {
  const lines: string[] = []
  const log = createLog({ service: 'test', level: 'warn' }, { write: line => lines.push(line) })
  const runs = { failing: 0, other: 0 }
  const { promise: hasRunAgain, resolve } = Promise.withResolvers<void>()
  const schedule = runSchedule(
    {
      failing: {
        everyMs: 1,
        async run() {
          runs.failing += 1
          if (runs.failing === 2) resolve()
          throw new Error('no connection')
        },
      },
      other: {
        everyMs: () => 60_000,
        async run() {
          runs.other += 1
        },
      },
    },
    { config: testConfig('postgres://unused'), log },
    async () => new Date(),
  )
  await hasRunAgain
  await schedule.stop()
  expect(runs.other).toBe(1)
  expect(lines.map(line => JSON.parse(line))).toContainEqual(
    expect.objectContaining({ job: 'failing', msg: 'periodic job failed' }),
  )
})
