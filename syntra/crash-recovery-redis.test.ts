import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { startRedis } from '@goalixa/chassis/testing/start-redis'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { crashStory, QUESTIONS } from './testing/crash-scenario.ts'

let postgres: TestPostgres
let redis: Awaited<ReturnType<typeof startRedis>>

beforeAll(async () => {
  ;[postgres, redis] = await Promise.all([startPostgres(), startRedis()])
})
afterAll(() => Promise.all([postgres.stop(), redis.stop()]))

test('with the queue in Redis a killed worker loses nothing and repeats nothing either', async () => {
  const points = [
    'leave:collect',
    'before:target_change_1',
    'after:target_change_1',
    'after:target_change_2',
    'watch:2',
  ]
  const told = await crashStory({ postgres, points, settings: { REDIS_URL: redis.url } })
  expect(told).toMatchObject({
    died: points,
    outcome: 'succeeded',
    steps: ['target_change_1 done', 'target_change_2 done'],
    effects: ['target_change_1', 'target_change_2'],
    reads: QUESTIONS,
  })
}, 600_000)
