import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createClients } from '../create-clients.ts'
import { createAnsweringServer } from '../testing/answering-server.ts'
import { startPrometheus } from '../testing/start-prometheus.ts'
import { until } from '../testing/until.ts'
import { listRuleAlerts } from './list-alerts.ts'
import { listMetadata } from './list-metadata.ts'
import { listTargets } from './list-targets.ts'
import { query } from './query.ts'
import { queryRange } from './query-range.ts'
import { quoteLabelValue } from './quote-label-value.ts'

const METRICS = `# HELP app_requests_total What was served.
# TYPE app_requests_total counter
app_requests_total{route="/a"} 7
app_requests_total{route="odd \\"} or vector(1) #"} 3
# HELP app_seconds How long it took.
# TYPE app_seconds histogram
app_seconds_bucket{le="+Inf"} 0
app_seconds_sum 0
app_seconds_count 0
`
const RULES = `groups:
- name: test
  rules:
  - record: app:requests:sum
    expr: sum(app_requests_total)
  - alert: AppServes
    expr: app_requests_total > 5
    labels: { severity: info }
    annotations: { summary: "it serves" }
`

describe('with a real Prometheus', () => {
  const signal = new AbortController().signal
  let app: Awaited<ReturnType<typeof createAnsweringServer>>
  let prometheus: Awaited<ReturnType<typeof startPrometheus>>
  const clients = () => createClients({ prometheus: { url: prometheus.url } })
  const ask = (promql: string) => query.run({ query: promql }, clients(), signal)
  const targets = async () => (await listTargets.run({}, clients(), signal)).targets

  beforeAll(async () => {
    app = await createAnsweringServer(() => ({ body: METRICS }))
    prometheus = await startPrometheus({ target: app.url.replace('http://', ''), rules: RULES })
    await until(async () => (await listRuleAlerts.run({}, clients(), signal)).alerts.length > 0)
    await until(async () => (await ask('app:requests:sum')).samples.length > 0)
    // A target is "unknown" until its first scrape, and the two are scraped at their own offsets.
    await until(async () => (await targets()).every(({ health }) => health !== 'unknown'))
  })
  afterAll(async () => {
    await prometheus.stop()
    await app.close()
  })

  it('returns the samples of an instant query as numbers', async () => {
    const { samples } = await ask('app_requests_total{route="/a"}')
    expect(samples).toHaveLength(1)
    expect(samples[0]).toMatchObject({ value: 7, labels: { route: '/a', namespace: 'shop', job: 'app' } })
    expect(Math.abs(Date.parse(samples[0]?.at ?? '') - Date.now())).toBeLessThan(60_000)
  })

  it('finds a hostile label value by its quoted form and nothing else', async () => {
    const hostile = 'odd "} or vector(1) #'
    const { samples } = await ask(`app_requests_total{route=${quoteLabelValue(hostile)}}`)
    expect(samples.map(({ labels, value }) => [labels.route, value])).toEqual([[hostile, 3]])
  })

  it('accepts a scalar, and returns no value for a number that is not finite', async () => {
    expect((await ask('1 + 1')).samples).toMatchObject([{ labels: {}, value: 2 }])
    for (const promql of ['vector(0) / 0', 'vector(1) / 0']) {
      expect((await ask(promql)).samples).toEqual([{ labels: {}, at: expect.any(String) }])
    }
    expect((await ask('no_such_metric')).samples).toEqual([])
  })

  it('returns the points of a range without those that are not finite', async () => {
    const end = new Date().toISOString()
    const start = new Date(Date.now() - 10_000).toISOString()
    const range = (promql: string) =>
      queryRange.run({ query: promql, start, end, stepSeconds: 1 }, clients(), signal)
    const { series } = await range('vector(3)')
    expect(series).toHaveLength(1)
    expect(series[0]?.points).toHaveLength(11)
    expect(series[0]?.points[0]).toEqual([expect.closeTo(Date.parse(start) / 1000, 2), 3])
    expect((await range('vector(0) / 0')).series).toEqual([{ labels: {}, points: [] }])
  })

  it('reports what is wrong with a query', async () => {
    await expect(ask('sum(')).rejects.toMatchObject({
      kind: 'invalid',
      code: 'BAD_QUERY',
      message: expect.stringContaining('unclosed left parenthesis'),
    })
  })

  it('lists alerts, targets and metrics', async () => {
    expect((await listRuleAlerts.run({}, clients(), signal)).alerts).toMatchObject([
      { labels: { alertname: 'AppServes', severity: 'info' }, state: 'firing', value: 7 },
    ])
    const listed = await targets()
    expect(listed.map(({ labels, health }) => [labels.job, health])).toEqual([
      ['app', 'up'],
      ['gone', 'down'],
    ])
    expect(listed[1]?.lastError).toContain('refused')
    const { metrics } = await listMetadata.run({}, clients(), signal)
    expect(metrics).toContainEqual({
      name: 'app_requests_total',
      type: 'counter',
      help: 'What was served.',
    })
    expect(metrics).toContainEqual({
      name: 'app_seconds_bucket',
      type: 'histogram',
      help: 'How long it took.',
    })
    expect(metrics).toContainEqual({ name: 'app:requests:sum', type: null, help: null })
  })
})

describe('the input of a range query', () => {
  const valid = {
    query: 'up',
    start: '2026-02-24T10:00:00Z',
    end: '2026-02-24T11:00:00Z',
    stepSeconds: 15,
  }
  it.each([
    ['an end before its start', { end: '2026-02-24T09:00:00Z' }, 'end'],
    ['a step too small', { stepSeconds: 1 }, 'stepSeconds'],
    ['a time without a zone', { start: '2026-02-24T10:00:00' }, 'start'],
    ['no query', { query: '' }, 'query'],
  ])('refuses %s', (_what, change, field) => {
    expect(queryRange.input.safeParse(valid).success).toBe(true)
    const parsed = queryRange.input.safeParse({ ...valid, ...change })
    expect(parsed.error?.issues.map(issue => issue.path[0])).toEqual([field])
  })
})
