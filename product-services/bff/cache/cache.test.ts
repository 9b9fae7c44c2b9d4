import { connectRedis, type Redis } from '@goalixa/chassis/connect-redis'
import { createLog } from '@goalixa/chassis/log'
import { createMetrics } from '@goalixa/chassis/metrics'
import { startRedis, type TestRedis } from '@goalixa/chassis/testing/start-redis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Cache } from './cache.ts'
import { createMemoryCache } from './memory-cache.ts'
import { createRedisCache } from './redis-cache.ts'

let redis: TestRedis

beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis.stop())

const log = createLog({ service: 'test', level: 'silent' })
const connections: Redis[] = []
afterAll(() => {
  for (const connection of connections) connection.disconnect()
})

function createShared(url: string, metrics = createMetrics()) {
  const connection = connectRedis({ url, log, metrics, consequence: 'cache unavailable' })
  connections.push(connection)
  return createRedisCache(connection)
}

const sides: [string, () => Cache][] = [
  ['in memory', () => createMemoryCache()],
  ['in Redis', () => createShared(redis.url)],
]

describe.each(sides)('a cache %s', (_name, create) => {
  test('returns what was set until it expires', async () => {
    const cache = create()
    await expect
      .poll(() => cache.set('a', Buffer.from('ready'), 60).then(() => cache.get('a')))
      .toEqual(Buffer.from('ready'))
    expect(await cache.get('b')).toBeUndefined()
    await cache.set('a', Buffer.from('short'), 1)
    expect(await cache.get('a')).toEqual(Buffer.from('short'))
    await expect.poll(() => cache.get('a'), { timeout: 3_000 }).toBeUndefined()
  })
})

test('an unavailable Redis is an empty cache, not an error, and the metric shows the outage', async () => {
  const metrics = createMetrics()
  const cache = createShared('redis://127.0.0.1:1', metrics)
  await cache.set('a', Buffer.from('x'), 60)
  expect(await cache.get('a')).toBeUndefined()
  await expect.poll(() => metrics.registry.metrics()).toContain('goalixa_dependency_up{dependency="redis"} 0')
})
