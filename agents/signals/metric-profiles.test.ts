import { describe, expect, it } from 'vitest'
import { AT, expectCause, makeFailing } from '../testing/cases.ts'
import { investigate } from '../testing/investigate.ts'
import {
  addAlert,
  addRelease,
  healthyWorld,
  NOW,
  setCurve,
  step,
  type World,
} from '../testing/sample-cluster.ts'
import { PROFILES } from './metric-profiles.ts'
import { type SignalName, signalQuery } from './signals.ts'

function failingRelease(profile: string): World {
  const world = healthyWorld()
  world.profile = profile
  addRelease(world, 'orders', AT, { image: 'registry.example/shop/orders:1.1.0' })
  makeFailing(world, 'orders', 0.4)
  addAlert(world, 'ErrorBudgetBurn', { service: 'orders' }, NOW - 8)
  return world
}

function otlpQuery(signal: SignalName): string | null {
  const otlp = PROFILES.find(profile => profile.name === 'opentelemetry-otlp')
  return otlp === undefined ? null : signalQuery(signal, otlp, { namespace: 'shop', windowSeconds: 60 })
}

describe('the names of metrics', () => {
  it.each(PROFILES.map(profile => profile.name))(
    'may be those of %s: the cause is found and its recovery proved by them',
    name => {
      const found = investigate(failingRelease(name))
      expectCause(found, 'RELEASE_ERRORS', 'orders', ['git-revert'])
      const { requests } = PROFILES.find(profile => profile.name === name) ?? { requests: '' }
      const queries =
        found.choice.proposal?.verification.recovered.map(({ args }) => String(args.query)) ?? []
      expect(queries.some(query => query.includes(`rate(${requests}{`))).toBe(true)
    },
  )

  it('of other profiles are not asked for where the first profile measures something', () => {
    const asked = investigate(failingRelease('goalixa')).evidence.map(({ question }) => question.id)
    expect(asked.filter(id => /^metrics\/|^series\/.*@/.test(id))).toEqual([])
  })

  it('that no profile has leave nothing measured, and the verdict says so', () => {
    const world = failingRelease('some other house')
    world.firing = []
    expect(investigate(world).verdict).toMatchObject({
      outcome: 'inconclusive',
      message: expect.stringContaining('Prometheus has no request metrics of orders'),
    })
  })

  it('are turned into the engine’s own labels', () => {
    expect(otlpQuery('request-rate')).toBe(
      'label_replace(sum by (service_name) (rate(http_server_request_duration_seconds_count{k8s_namespace_name="shop"}[60s])), "service", "$1", "service_name", "(.+)")',
    )
    expect(otlpQuery('error-ratio-by-method')).toContain('"method", "$1", "http_request_method", "(.+)")')
  })

  it.each(['opentelemetry-otlp', 'opentelemetry-scraped'])(
    'of callers with the names of %s: the fault is found behind the service under alert',
    name => {
      const world = failingRelease(name)
      world.scope = []
      world.firing = []
      makeFailing(world, 'front', 0.2)
      for (const signal of ['upstream-rate', 'upstream-latency', 'upstream-error-ratio'] as const) {
        const before = world.series.find(
          series => series.name === signal && series.labels.upstream === 'orders',
        )
        const after = signal === 'upstream-error-ratio' ? step(0, 0.4, AT) : before?.curve
        world.series = world.series.filter(series => series !== before)
        const upstream = 'orders.shop-production.svc.cluster.local'
        if (after !== undefined) setCurve(world, signal, { service: 'front', upstream }, after)
      }
      addAlert(world, 'ErrorBudgetBurn', { service: 'front' }, NOW - 8)
      const found = investigate(world)
      expectCause(found, 'RELEASE_ERRORS', 'orders', ['git-revert'])
      expect(found.snapshot.edges).toContainEqual(
        expect.objectContaining({ from: 'front', to: 'orders', via: 'metrics' }),
      )
    },
  )

  it('of failed calls leave out what the callers did wrong themselves', () => {
    const failed = otlpQuery('upstream-error-ratio')
    expect(failed).toContain('error_type!="",http_response_status_code=~"(5..)?"')
    expect(failed).toContain('"upstream", "$1", "server_address", "(.+)")')
  })
})
