import { startRedis, type TestRedis } from '@goalixa/chassis/testing/start-redis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startProduct, type TestProduct } from '../testing/start-product.ts'

let redis: TestRedis
let product: TestProduct

beforeAll(async () => {
  redis = await startRedis()
  product = await startProduct({ redisUrl: redis.url })
})
afterAll(async () => {
  await product.stop()
  await redis.stop()
})

async function readsOfTasks(): Promise<number> {
  const metrics = await (await fetch(`${product.core.metricsAddress}/metrics`)).text()
  return Number(/goalixa_http_requests_total\{.*route="\/v1\/tasks".*\} (\d+)/.exec(metrics)?.[1] ?? 0)
}

test('a time zone in any case is one entry of the cache, and is answered as it was sent if it was sent correctly', async () => {
  const { page } = await product.signedIn()
  const before = await readsOfTasks()
  for (const zone of ['Europe/Berlin', 'europe/berlin', 'EUROPE/BERLIN', 'Europe/Berlin']) {
    const { body } = await page.get(`/bff/aggregate/dashboard?time_zone=${zone}`)
    expect(body).toMatchObject({ today: { timeZone: 'Europe/Berlin' }, missing: [] })
  }
  expect((await readsOfTasks()) - before).toBe(1)
  const { body } = await page.get('/bff/aggregate/dashboard?time_zone=Asia/Kolkata')
  expect(body).toMatchObject({ today: { timeZone: 'Asia/Kolkata' } })
})

test('a person takes one entry of the cache, in however many time zones they ask', async () => {
  const { page } = await product.signedIn()
  const before = await dashboardsInRedis()
  const zones = ['Asia/Tokyo', 'America/New_York', 'Pacific/Auckland', 'Asia/Tokyo']
  for (const zone of zones) {
    const { body } = await page.get(`/bff/aggregate/dashboard?time_zone=${zone}`)
    expect(body).toMatchObject({ today: { timeZone: zone }, missing: [] })
  }
  expect((await dashboardsInRedis()) - before).toBe(1)
})

async function dashboardsInRedis(): Promise<number> {
  return (await redis.keys()).filter(key => key.includes('dashboard')).length
}
