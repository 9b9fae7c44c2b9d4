import { createClients } from '@goalixa/tools/create-clients'
import { query } from '@goalixa/tools/prometheus/query'
import { createAnsweringServer } from '@goalixa/tools/testing/answering-server'
import { startPrometheus } from '@goalixa/tools/testing/start-prometheus'
import { until } from '@goalixa/tools/testing/until'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { indexSnapshot, type SnapshotView } from '../../snapshot/index-snapshot.ts'
import { investigate } from '../../testing/investigate.ts'
import { addAlert, addRelease, healthyWorld, NOW, setCurve, step } from '../../testing/sample-cluster.ts'
import type { Predicate } from './predicate.ts'
import { scrapeTargetsUp } from './scrape-targets-up.ts'
import { sloRecovered } from './slo-recovered.ts'

const AT = NOW - 40
const traffic = { perScrape: 10, requests: 0 }
let app: Awaited<ReturnType<typeof createAnsweringServer>>
let prometheus: Awaited<ReturnType<typeof startPrometheus>>

beforeAll(async () => {
  app = await createAnsweringServer(() => {
    traffic.requests += traffic.perScrape
    const labels = '{service="orders",status="200"}'
    return {
      body: [
        `goalixa_http_requests_total${labels} ${traffic.requests}`,
        `goalixa_http_request_duration_seconds_count${labels} ${traffic.requests}`,
        `goalixa_http_request_duration_seconds_sum${labels} ${traffic.requests * 0.01}\n`,
      ].join('\n'),
    }
  })
  prometheus = await startPrometheus({ target: app.url.replace('http://', ''), rules: '' })
})
afterAll(async () => {
  await prometheus.stop()
  await app.close().catch(() => undefined)
})

/** What a predicate over samples is given: the largest value, or undefined if there is none. */
async function sampleOf(predicate: Predicate | undefined): Promise<number | undefined> {
  const input = query.input.parse(predicate?.args)
  const clients = createClients({ prometheus: { url: prometheus.url } })
  const { samples } = await query.run(input, clients, new AbortController().signal)
  return samples[0]?.value
}

/** The sample cluster's investigation, as if it had been made now in the namespace that is scraped. */
function investigated(): { view: SnapshotView; users: () => Predicate | undefined } {
  const world = healthyWorld()
  addRelease(world, 'orders', AT, { image: 'registry.example/shop/orders:1.1.0' })
  setCurve(world, 'latency-mean', { service: 'orders' }, step(0.02, 0.4, AT))
  addAlert(world, 'LatencyHigh', { service: 'orders' }, NOW - 8)
  const { snapshot, verdict } = investigate(world)
  const view = { ...indexSnapshot({ ...snapshot, at: new Date().toISOString() }), namespace: 'shop' }
  const [cause] = verdict.causes
  return { view, users: () => (cause === undefined ? undefined : sloRecovered(view, cause)[0]) }
}

it('returns no sample where a service has almost no requests, or is no longer scraped', async () => {
  const { users } = investigated()
  await until(async () => (await sampleOf(users())) !== undefined)
  expect(await sampleOf(users())).toBeCloseTo(0.01)

  traffic.perScrape = 0
  await until(async () => (await sampleOf(users())) === undefined)
  traffic.perScrape = 10
  await until(async () => (await sampleOf(users())) !== undefined)

  const { view } = investigated()
  const monitoring = () => sampleOf(scrapeTargetsUp(view))
  expect(await monitoring()).toBe(1)
  // A job that could not be read before either is not missed: the test's Prometheus has one.
  await app.close()
  await until(async () => (await monitoring()) === undefined)
  await until(async () => (await sampleOf(users())) === undefined)
}, 120_000)
