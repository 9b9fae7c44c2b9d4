import { connectRedis } from '@goalixa/chassis/connect-redis'
import { createLog } from '@goalixa/chassis/log'
import { createMetrics } from '@goalixa/chassis/metrics'
import { startRedis, type TestRedis } from '@goalixa/chassis/testing/start-redis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createEndedSessionPublisher } from './create-ended-session-publisher.ts'
import { ENDED_SESSIONS_COMPLETE, endedSessionKey } from './ended-sessions.schema.ts'

let redis: TestRedis

beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis.stop())

const MINUTE_MS = 60_000

test('a Redis that is emptied while the database is read never vouches for a session that it does not hold', async () => {
  const connection = connectRedis({
    url: redis.url,
    log: createLog({ service: 'test', level: 'silent' }),
    metrics: createMetrics(),
    consequence: 'redis is unavailable',
  })
  const endedAt = Date.now() - 5 * MINUTE_MS
  const vouched: boolean[] = []
  let reads = 0
  const ended = createEndedSessionPublisher({
    redis: connection,
    async endedSince(since) {
      reads += 1
      const isComplete = await redis.exists(ENDED_SESSIONS_COMPLETE)
      vouched.push(isComplete && !(await redis.exists(endedSessionKey('old'))))
      if (reads === 3) await redis.flush()
      return endedAt > since.getTime() ? ['old'] : []
    },
    accessSeconds: 900,
    now: Date.now,
  })
  ended.start()
  try {
    await expect.poll(() => reads, { timeout: 20_000 }).toBeGreaterThan(4)
    expect(vouched).not.toContain(true)
    await expect.poll(() => redis.exists(ENDED_SESSIONS_COMPLETE), { timeout: 10_000 }).toBe(true)
    expect(await redis.exists(endedSessionKey('old'))).toBe(true)
  } finally {
    ended.stop()
    connection.disconnect()
  }
})
