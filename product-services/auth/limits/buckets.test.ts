import { connectRedis } from '@goalixa/chassis/connect-redis'
import { createCircuitBreaker } from '@goalixa/chassis/create-circuit-breaker'
import { createLog } from '@goalixa/chassis/log'
import { createMetrics } from '@goalixa/chassis/metrics'
import { startRedis, type TestRedis } from '@goalixa/chassis/testing/start-redis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createMemoryBuckets } from './memory-buckets.ts'
import { createRedisBuckets } from './redis-buckets.ts'
import type { CreateBucket } from './token-bucket.ts'

let redis: TestRedis
beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis.stop())

const log = createLog({ service: 'test', level: 'silent' })
const inMemory = () => createMemoryBuckets({ now: Date.now })

// Until it is connected, it falls back to memory.
async function inRedis() {
  const metrics = createMetrics()
  const shared = share(redis.url, metrics)
  await expect.poll(() => metrics.registry.metrics()).toContain('goalixa_dependency_up{dependency="redis"} 1')
  return shared
}

function share(url: string, metrics = createMetrics()) {
  const { redis: connection } = connectRedis({ url, log, metrics, consequence: 'limits are per process' })
  const attempt = createCircuitBreaker({ retryMs: 1_000, now: Date.now })
  const createBucket = createRedisBuckets({ redis: connection, attempt, fallback: inMemory() })
  return { createBucket, close: () => connection.disconnect() }
}

let limits = 0
const never = () => ({ name: `test-${++limits}`, capacity: 3, perSecond: 0.001 })

describe.each(['in memory', 'in Redis'])('a bucket %s', side => {
  async function withBuckets(run: (createBucket: CreateBucket) => Promise<void>) {
    if (side === 'in memory') return run(inMemory())
    const shared = await inRedis()
    try {
      await run(shared.createBucket)
    } finally {
      shared.close()
    }
  }

  test('each key has its own tokens; an empty bucket rejects with the seconds to wait', () =>
    withBuckets(async createBucket => {
      const bucket = createBucket(never())
      for (let round = 0; round < 3; round++) await bucket.take('anna')
      const refusal = await bucket.take('anna').catch(error => error)
      expect(refusal).toMatchObject({ kind: 'too-many', code: 'TOO_MANY_ATTEMPTS' })
      expect(refusal.retryAfterSeconds).toBeGreaterThan(900)
      await bucket.take('ben')
    }))

  test('a refund never exceeds the capacity', () =>
    withBuckets(async createBucket => {
      const bucket = createBucket(never())
      for (let round = 0; round < 5; round++) await bucket.refund('anna')
      for (let round = 0; round < 3; round++) await bucket.take('anna')
      await bucket.refund('anna')
      await bucket.take('anna')
      await expect(bucket.take('anna')).rejects.toMatchObject({ code: 'TOO_MANY_ATTEMPTS' })
    }))

  test('refills as time passes', () =>
    withBuckets(async createBucket => {
      const bucket = createBucket({ name: `test-${++limits}`, capacity: 1, perSecond: 20 })
      await bucket.take('anna')
      await expect.poll(() => bucket.take('anna').then(() => 'taken')).toBe('taken')
    }))
})

test('replicas share the tokens in Redis, even when they take one at the same moment', async () => {
  const replicas = await Promise.all([inRedis(), inRedis()])
  const limit = never()
  const buckets = replicas.map(({ createBucket }) => createBucket(limit))
  const takes = await Promise.allSettled(
    Array.from({ length: 20 }, (_, index) => buckets[index % 2]?.take('anna')),
  )
  expect(takes.filter(({ status }) => status === 'fulfilled')).toHaveLength(3)
  for (const replica of replicas) replica.close()
})

test('without Redis each process counts its own, and the metric shows the outage', async () => {
  const metrics = createMetrics()
  const { createBucket, close } = share('redis://127.0.0.1:1', metrics)
  const bucket = createBucket(never())
  for (let round = 0; round < 3; round++) await bucket.take('anna')
  await expect(bucket.take('anna')).rejects.toMatchObject({ code: 'TOO_MANY_ATTEMPTS' })
  await expect.poll(() => metrics.registry.metrics()).toContain('goalixa_dependency_up{dependency="redis"} 0')
  close()
})
