import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectRedis } from './connect-redis.ts'
import { createLog } from './log.ts'
import { createMetrics } from './metrics.ts'
import { startRedis, type TestRedis } from './testing/start-redis.ts'

const CONSEQUENCE = 'redis is unavailable'
let server: TestRedis

beforeAll(async () => {
  server = await startRedis()
})
afterAll(() => server.stop())

function connect() {
  const messages: unknown[] = []
  const metrics = createMetrics()
  const log = createLog({ service: 'test' }, { write: line => messages.push(JSON.parse(line).msg) })
  const connection = connectRedis({ url: server.url, log, metrics, consequence: CONSEQUENCE })
  const { redis, reportWrite } = connection
  return {
    redis,
    messages,
    write: () => redis.set('key', 'value').then(() => reportWrite(), reportWrite),
    expectUp: (value: 0 | 1) =>
      expect
        .poll(() => metrics.registry.metrics(), { timeout: 10_000 })
        .toContain(`goalixa_dependency_up{dependency="redis"} ${value}`),
  }
}

test('a Redis that has refused a write counts as available once it is connected again, until it refuses another', async () => {
  const { redis, messages, write, expectUp } = connect()
  try {
    await expectUp(1)
    await server.configure('maxmemory', '1')
    await write()
    await expectUp(0)
    await redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'no').catch(() => {})
    await expectUp(1)
    await write()
    await expectUp(0)
    expect(messages).toEqual([CONSEQUENCE, CONSEQUENCE])
  } finally {
    await server.configure('maxmemory', '0')
    redis.disconnect()
  }
})
