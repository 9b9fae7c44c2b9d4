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
  const { connection } = connect()
  const endedAt = Date.now() - 5 * MINUTE_MS
  const vouched: boolean[] = []
  let reads = 0
  const ended = createEndedSessionPublisher({
    ...connection,
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
    connection.redis.disconnect()
  }
})

test.each([
  ['is full', 'maxmemory', '1', '0'],
  ['has too few replicas to accept writes', 'min-replicas-to-write', '1', '0'],
])(
  'a Redis that %s is reported as unavailable, once, until it accepts writes again',
  async (_name, setting, refuse, accept) => {
    const { connection, messages, metrics } = connect()
    let rounds = 0
    const ended = createEndedSessionPublisher({
      ...connection,
      async endedSince() {
        rounds += 1
        return []
      },
      accessSeconds: 900,
      now: Date.now,
    })
    const isUp = async (value: 0 | 1) =>
      expect
        .poll(() => metrics.registry.metrics(), { timeout: 10_000 })
        .toContain(`goalixa_dependency_up{dependency="redis"} ${value}`)
    ended.start()
    try {
      await isUp(1)
      await redis.configure(setting, refuse)
      await isUp(0)
      const before = rounds
      await expect.poll(() => rounds, { timeout: 20_000 }).toBeGreaterThan(before + 1)
      expect(messages).toEqual(['redis is unavailable'])
      await redis.configure(setting, accept)
      await isUp(1)
    } finally {
      await redis.configure(setting, accept)
      ended.stop()
      connection.redis.disconnect()
    }
  },
)

function connect() {
  const metrics = createMetrics()
  const messages: string[] = []
  const log = createLog({ service: 'test', level: 'silent' })
  log.warn = (...[, message]: unknown[]) => void messages.push(String(message))
  return {
    metrics,
    messages,
    connection: connectRedis({ url: redis.url, log, metrics, consequence: 'redis is unavailable' }),
  }
}
