import { once } from 'node:events'
import { connectRedis, type Redis } from '@goalixa/chassis/connect-redis'
import { createCircuitBreaker } from '@goalixa/chassis/create-circuit-breaker'
import { createLog } from '@goalixa/chassis/log'
import { createMetrics } from '@goalixa/chassis/metrics'
import { startRedis, type TestRedis } from '@goalixa/chassis/testing/start-redis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Cache, MAX_ENTRY_BYTES } from './cache.ts'
import { createMemoryCache } from './memory-cache.ts'
import { createRedisCache } from './redis-cache.ts'

let redis: TestRedis

beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis.stop())

const log = createLog({ service: 'test', level: 'silent' })
const MEBIBYTE = 1_048_576
const connections: Redis[] = []
afterAll(() => {
  for (const connection of connections) connection.disconnect()
})

function connect(url: string, metrics = createMetrics()) {
  const { redis: connection } = connectRedis({ url, log, metrics, consequence: 'cache unavailable' })
  connections.push(connection)
  return connection
}
function cacheIn(connection: Redis): Cache {
  const attempt = createCircuitBreaker({ retryMs: 1_000, now: Date.now })
  return createRedisCache({ redis: connection, attempt })
}

async function createShared(): Promise<Cache> {
  const connection = connect(redis.url)
  await once(connection, 'ready')
  return cacheIn(connection)
}

const sides: [string, () => Promise<Cache>][] = [
  ['in memory', async () => createMemoryCache()],
  ['in Redis', createShared],
]

describe.each(sides)('a cache %s', (_name, create) => {
  test('returns what was set until it expires', async () => {
    const cache = await create()
    await cache.set('a', Buffer.from('ready'), 60)
    expect(await cache.get('a')).toEqual(Buffer.from('ready'))
    expect(await cache.get('b')).toBeUndefined()
    await cache.set('a', Buffer.from('short'), 1)
    expect(await cache.get('a')).toEqual(Buffer.from('short'))
    await expect.poll(() => cache.get('a'), { timeout: 3_000 }).toBeUndefined()
  })

  test('keeps no response that is larger than the limit', async () => {
    const cache = await create()
    await cache.set('small', Buffer.alloc(9), 60)
    expect(await cache.get('small')).toBeDefined()
    await cache.set('large', Buffer.alloc(MAX_ENTRY_BYTES + 1), 60)
    expect(await cache.get('large')).toBeUndefined()
  })
})

test('the cache in memory holds 32 MiB, however many entries that are, and evicts what was used least recently', async () => {
  const cache = createMemoryCache()
  for (let index = 0; index < 1_000; index++) {
    await cache.set(`key ${index}`, Buffer.alloc(MEBIBYTE / 2), 60)
    await cache.get('key 0')
  }
  const kept = await Promise.all(Array.from({ length: 1_000 }, (_, index) => cache.get(`key ${index}`)))
  const bytes = kept.reduce((sum, value) => sum + (value?.length ?? 0), 0)
  expect(bytes).toBeGreaterThan(16 * MEBIBYTE)
  expect(bytes).toBeLessThanOrEqual(32 * MEBIBYTE)
  expect([kept[0], kept[999]]).not.toContain(undefined)
})

test('a Redis that hangs is lost like one that is gone: its queue is bounded and dropped, and it is used again once it answers', async () => {
  const metrics = createMetrics()
  const connection = connect(redis.url, metrics)
  const cache = cacheIn(connection)
  await expect.poll(() => metrics.registry.metrics()).toContain('goalixa_dependency_up{dependency="redis"} 1')
  const { stream } = connection
  redis.freeze()
  try {
    const misses = Array.from({ length: 64 }, async (_, index) => {
      await new Promise(resolve => setTimeout(resolve, index))
      await cache.set(`key ${index}`, Buffer.alloc(MEBIBYTE), 60)
      return stream.writableLength
    })
    expect(Math.max(...(await Promise.all(misses)))).toBeLessThan(9 * MEBIBYTE)
    await expect
      .poll(() => metrics.registry.metrics(), { timeout: 10_000 })
      .toContain('goalixa_dependency_up{dependency="redis"} 0')
    await expect.poll(() => connection.status, { timeout: 10_000 }).not.toBe('ready')
    expect(stream.destroyed).toBe(true)
    await expect(connection.ping()).rejects.toThrow('writeable')
  } finally {
    redis.thaw()
  }
  await expect
    .poll(() => metrics.registry.metrics(), { timeout: 10_000 })
    .toContain('goalixa_dependency_up{dependency="redis"} 1')
  await expect
    .poll(() => cache.set('a', Buffer.from('again'), 60).then(() => cache.get('a')), { timeout: 10_000 })
    .toEqual(Buffer.from('again'))
})

test('an unavailable Redis is an empty cache, not an error, and the metric shows the outage', async () => {
  const metrics = createMetrics()
  const cache = cacheIn(connect('redis://127.0.0.1:1', metrics))
  await cache.set('a', Buffer.from('x'), 60)
  expect(await cache.get('a')).toBeUndefined()
  await expect.poll(() => metrics.registry.metrics()).toContain('goalixa_dependency_up{dependency="redis"} 0')
})
