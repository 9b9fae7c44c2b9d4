import { describe, expect, it } from 'vitest'
import { questionId } from '../snapshot/question-id.ts'
import { AT, makeFailing } from '../testing/cases.ts'
import { investigate } from '../testing/investigate.ts'
import { service } from '../testing/kube.ts'
import {
  addAlert,
  addCommit,
  addRelease,
  healthyWorld,
  NOW,
  setCurve,
  step,
  type World,
} from '../testing/sample-cluster.ts'

const IMAGE = { image: 'registry.example/shop/orders:1.1.0' }

/** `orders` fails and logs a line; it was released this many seconds before, or not at all. */
function investigated(
  line: string,
  releasedBefore: number | null,
  container: Record<string, unknown> = IMAGE,
) {
  const world = healthyWorld()
  if (releasedBefore !== null) addRelease(world, 'orders', AT - releasedBefore, container)
  world.logs[questionId.logs(`orders-h${releasedBefore === null ? 3 : 4}-1`, 'orders', false)] = [line]
  makeFailing(world, 'orders', 0.5)
  makeFailing(world, 'front', 0.25)
  setCurve(world, 'upstream-error-ratio', { service: 'front', upstream: 'orders' }, step(0, 0.5, AT))
  return summaryOf(world)
}

function summaryOf(world: World) {
  addAlert(world, 'ErrorBudgetBurn', { service: 'front' }, NOW - 8)
  const { verdict, choice } = investigate(world)
  const [cause] = verdict.causes
  return {
    outcome: verdict.outcome,
    code: cause?.code,
    name: cause?.subject.name,
    method: choice.proposal?.method ?? null,
  }
}

const EXPIRED =
  '{"level":"error","msg":"charge failed","err":"Post \\"https://pay.example.com/x\\": tls: failed to verify certificate: x509: certificate has expired or is not yet valid"}'

describe('an external dependency', () => {
  it.each([
    ['a certificate that expired', EXPIRED, 'CERTIFICATE_EXPIRED', 'pay.example.com'],
    [
      'a name that is gone',
      'Error: getaddrinfo ENOTFOUND pay.example.com',
      'DEPENDENCY_DOWN',
      'pay.example.com',
    ],
    [
      'a name that Go looks up',
      'dial tcp: lookup pay.example.com on 10.96.0.10:53: no such host',
      'DEPENDENCY_DOWN',
      'pay.example.com',
    ],
    [
      'a deadline',
      'Post "https://pay.example.com/x": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
      'DEPENDENCY_DOWN',
      'pay.example.com',
    ],
    ['an address', 'Error: connect ETIMEDOUT 203.0.113.7:443', 'DEPENDENCY_DOWN', '203.0.113.7'],
  ])(
    'is the cause where the log reports %s, and a release that had been healthy is not rolled back',
    (_, line, code, name) => {
      expect(investigated(line, null)).toEqual({ outcome: 'cause', code, name, method: null })
      expect(investigated(line, 40)).toEqual({ outcome: 'cause', code, name, method: null })
    },
  )

  it('has an expired certificate even where the log does not name its host', () => {
    const found = { code: 'CERTIFICATE_EXPIRED', name: 'orders', method: null }
    expect(investigated('Error: certificate has expired', 40)).toMatchObject(found)
  })

  it('is ruled out where a release introduced the host, or the fault began with a release', () => {
    const env = [{ name: 'PAY_URL', value: 'https://pay.example.com' }]
    const line = 'Error: getaddrinfo ENOTFOUND pay.example.com'
    expect(investigated(line, 40, { env })).toMatchObject({ code: 'RELEASE_ERRORS', name: 'orders' })
    expect(investigated(line, 2)).toMatchObject({ code: 'RELEASE_ERRORS', name: 'orders' })
  })

  it.each([
    'failed to upload metrics: Post "https://otlp.example.com:4318/v1/metrics": context deadline exceeded',
    'server.go.com: see https://pay.example.com/help; connection timed out',
    'main.go:42: read tcp 10.1.2.3:8080: i/o timeout',
  ])('is not inferred from “%s”', line => {
    expect(investigated(line, 2)).toMatchObject({ code: 'RELEASE_ERRORS', name: 'orders' })
  })
})

describe('a Service that was renamed while it is still called', () => {
  function renamed(line: string, change: (world: World) => void = () => {}) {
    const world = healthyWorld()
    world.objects = world.objects.filter(
      object => object.kind !== 'Service' || object.metadata.name !== 'orders',
    )
    world.objects.push(service('orders-api', { selector: { 'app.kubernetes.io/name': 'orders' } }))
    const patch = '-  name: orders\n+  name: orders-api'
    addCommit(world, 'orders', AT, { message: 'Rename', path: 'apps/orders/service.yaml', patch })
    setCurve(world, 'request-rate', { service: 'orders' }, step(10, 0, AT))
    setCurve(world, 'upstream-error-ratio', { service: 'front', upstream: 'orders' }, step(0, 1, AT))
    makeFailing(world, 'front', 0.5)
    world.logs[questionId.logs('front-h3-1', 'front', false)] = [line]
    change(world)
    return summaryOf(world)
  }

  it.each(['getaddrinfo ENOTFOUND orders', 'lookup orders.shop-production.svc.cluster.local: no such host'])(
    'is the cause, and the commit goes back: %s',
    line => {
      expect(renamed(line)).toEqual({
        outcome: 'cause',
        code: 'SERVICE_NOT_FOUND',
        name: 'orders',
        method: 'git-revert',
      })
    },
  )

  it('is not reported where not all Services were read', () => {
    const found = renamed('getaddrinfo ENOTFOUND orders', world =>
      world.unreadable.push(questionId.objects('wiring')),
    )
    expect(found.code).not.toBe('SERVICE_NOT_FOUND')
  })
})
