import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { startRedis } from '@goalixa/chassis/testing/start-redis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCrashScenario } from './testing/crash-scenario.ts'
import { QUESTIONS } from './testing/sample-engine.ts'
import { SAMPLE_STEPS } from './testing/sample-proposal.ts'

let postgres: TestPostgres
let redis: Awaited<ReturnType<typeof startRedis>>

beforeAll(async () => {
  ;[postgres, redis] = await Promise.all([startPostgres(), startRedis()])
})
afterAll(() => Promise.all([postgres.stop(), redis.stop()]))

test('with the queue in Redis, a killed worker loses nothing and repeats nothing', async () => {
  const points = [
    'leave:collect',
    'before:delivery_set_auto_sync',
    'after:delivery_set_auto_sync',
    'after:delivery_rollback_app',
    'check:2',
  ]
  const result = await runCrashScenario({ postgres, points, settings: { REDIS_URL: redis.url } })
  expect(result).toMatchObject({
    died: points,
    outcome: 'succeeded',
    steps: SAMPLE_STEPS.map(tool => `${tool} done`),
    effects: SAMPLE_STEPS,
    reads: QUESTIONS,
  })
}, 600_000)
