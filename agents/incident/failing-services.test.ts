import { describe, expect, it } from 'vitest'
import { questionId } from '../snapshot/question-id.ts'
import {
  AT,
  addDecoys,
  expectCause,
  makeFailing,
  makeSlower,
  setSignalPerRevision,
} from '../testing/cases.ts'
import { investigate } from '../testing/investigate.ts'
import { iso, NAMESPACE, service } from '../testing/kube.ts'
import {
  addAlert,
  addCommit,
  addRelease,
  healthyWorld,
  NOW,
  setCurve,
  steady,
  step,
} from '../testing/sample-cluster.ts'

describe('services that fail, beside decoys', () => {
  it('show a slow release of a service that the alerted one waits for', () => {
    const world = addDecoys(healthyWorld())
    addRelease(world, 'orders', AT, { image: 'registry.example/shop/orders:1.1.0' })
    makeSlower(world, 'orders', 0.4)
    makeSlower(world, 'front', 0.2)
    setCurve(world, 'upstream-latency', { service: 'front', upstream: 'orders' }, step(0.01, 0.41, AT))
    setSignalPerRevision(world, 'orders', 'latency-mean-by-revision', 0.02, 0.42)
    addAlert(world, 'LatencyHigh', { service: 'front' }, NOW - 8)
    const found = investigate(world)
    expectCause(found, 'RELEASE_SLOW', 'orders', ['git-revert'])
    expect(found.verdict.causes[0]?.chain.map(link => `${link.code} ${link.service}`)).toEqual([
      'REVISION_SLOWER orders',
      'LATENCY_UP orders',
      'LATENCY_UP front',
      'ALERT_FIRING front',
    ])
  })

  it('show a release that fails on writes', () => {
    const world = addDecoys(healthyWorld())
    addRelease(world, 'orders', AT, { image: 'registry.example/shop/orders:1.1.0' })
    makeFailing(world, 'orders', 0.3)
    makeFailing(world, 'front', 0.15)
    setCurve(world, 'upstream-error-ratio', { service: 'front', upstream: 'orders' }, step(0, 0.3, AT))
    setCurve(world, 'error-ratio-by-method', { service: 'orders', method: 'POST' }, step(0, 1, AT))
    setCurve(world, 'error-ratio-by-method', { service: 'orders', method: 'GET' }, steady(0))
    setSignalPerRevision(world, 'orders', 'error-ratio-by-revision', 0, 0.3)
    addAlert(world, 'ErrorBudgetBurn', { service: 'front' }, NOW - 8)
    const found = investigate(world)
    expectCause(found, 'RELEASE_ERRORS', 'orders', ['git-revert'])
    expect(found.verdict.causes[0]?.message).toContain('writes (POST) fail, reads do not')
  })

  it('show a failing release, although retries of clients look like more traffic', () => {
    const world = addDecoys(healthyWorld())
    addRelease(world, 'front', AT - 5, { image: 'registry.example/shop/front:1.1.0' })
    makeFailing(world, 'front', 0.5)
    setSignalPerRevision(world, 'front', 'error-ratio-by-revision', 0, 0.5)
    setCurve(world, 'request-rate', { service: 'front' }, step(10, 32, AT + 4))
    addAlert(world, 'ErrorBudgetBurn', { service: 'front' }, NOW - 8)
    expectCause(investigate(world), 'RELEASE_ERRORS', 'front', ['git-revert'])
  })

  it('show a dependency that refuses connections, when callers have measured it and its own client has not yet', () => {
    const world = addDecoys(healthyWorld())
    setCurve(world, 'dependency-up', { service: 'orders', dependency: 'db' }, time => (time < AT ? 1 : 0))
    setCurve(world, 'upstream-error-ratio', { service: 'front', upstream: 'orders' }, step(0, 0.7, AT))
    makeFailing(world, 'front', 0.7)
    world.logs[questionId.logs('orders-h3-1', 'orders', false)] = [
      'FATAL: too many connections for role "orders"',
    ]
    addAlert(world, 'DependencyDown', { service: 'orders', dependency: 'db' }, NOW - 8)
    const [cause] = investigate(world).verdict.causes
    expect(cause).toMatchObject({ code: 'DEPENDENCY_REFUSES_CONNECTIONS', subject: { name: 'db' } })
    expect(cause?.for.map(argument => argument.code)).toContain('EXPLAINS_ALL_SYMPTOMS')
  })

  it('show a Service that targets a port on which no pod listens', () => {
    const world = addDecoys(healthyWorld())
    world.objects = world.objects.filter(
      object => object.kind !== 'Service' || object.metadata.name !== 'orders',
    )
    world.objects.push(service('orders', { ports: [{ name: 'http', port: 8080, targetPort: 8081 }] }))
    addCommit(world, 'orders', AT, {
      message: 'Tidy ports',
      path: 'apps/orders/service.yaml',
      patch: '-      targetPort: http\n+      targetPort: 8081',
    })
    setCurve(world, 'request-rate', { service: 'orders' }, step(10, 0, AT))
    setCurve(world, 'upstream-error-ratio', { service: 'front', upstream: 'orders' }, step(0, 1, AT))
    makeFailing(world, 'front', 0.5)
    addAlert(world, 'ErrorBudgetBurn', { service: 'front' }, NOW - 8)
    const found = investigate(world)
    expectCause(found, 'SERVICE_PORT_MISMATCH', 'orders', ['git-revert'])
    expect(found.verdict.causes[0]?.for.map(argument => argument.code)).toContain('GONE_WITHOUT_CHANGE')
  })

  it('show a service that calls another one through the Ingress (hairpin)', () => {
    const world = addDecoys(healthyWorld())
    const env = [{ name: 'ORDERS_URL', value: 'http://api.shop.example/orders' }]
    const before = [{ name: 'ORDERS_URL', value: 'http://orders:8080' }]
    const template = world.templates.front
    if (template) template.container.env = before
    addRelease(
      world,
      'front',
      AT,
      { env },
      { patch: '-          value: http://orders:8080\n+          value: http://api.shop.example/orders' },
    )
    makeSlower(world, 'front', 0.1)
    setCurve(world, 'upstream-latency', { service: 'front', upstream: 'orders' }, step(0.01, 0.21, AT))
    setCurve(world, 'ingress-rate', { service: 'orders', host: 'api.shop.example' }, time =>
      time < AT ? null : 5,
    )
    addAlert(world, 'LatencyHigh', { service: 'front' }, NOW - 8)
    expectCause(investigate(world), 'CALLS_THROUGH_INGRESS', 'front', ['git-revert'])
  })

  it('show a database that refuses connections, and nothing is rolled back although a release is close', () => {
    const world = addDecoys(healthyWorld())
    addRelease(
      world,
      'orders',
      AT - 5,
      { image: 'registry.example/shop/orders:1.1.0' },
      { pod: { ready: false, readyAt: AT + 2 } },
    )
    setCurve(world, 'dependency-up', { service: 'orders', dependency: 'db' }, time => (time < AT ? 1 : 0))
    makeFailing(world, 'orders', 0.9)
    makeFailing(world, 'front', 0.5)
    setCurve(world, 'upstream-error-ratio', { service: 'front', upstream: 'orders' }, step(0, 0.9, AT))
    setSignalPerRevision(world, 'orders', 'error-ratio-by-revision', 0, 0.9)
    world.logs[questionId.logs('orders-h4-1', 'orders', false)] = [
      '{"level":50,"msg":"too many connections for role \\"orders\\""}',
    ]
    addAlert(world, 'DependencyDown', { service: 'orders', dependency: 'db' }, NOW - 8)
    const found = investigate(world)
    expectCause(found, 'DEPENDENCY_REFUSES_CONNECTIONS', 'db', [undefined as unknown as string])
    expect(found.choice.proposal).toBeNull()
  })

  it('show a workload that was manually scaled below the count in Git', () => {
    const world = addDecoys(healthyWorld())
    const orders = world.objects.find(
      object => object.kind === 'Deployment' && object.metadata.name === 'orders',
    )
    Object.assign(orders?.spec as object, { replicas: 0 })
    Object.assign(orders?.status as object, {
      replicas: 0,
      readyReplicas: 0,
      availableReplicas: 0,
      updatedReplicas: 0,
    })
    world.objects = world.objects.filter(object => !object.metadata.name.startsWith('orders-h3-'))
    world.diffs.orders = [
      {
        kind: 'Deployment',
        namespace: NAMESPACE,
        name: 'orders',
        changes: [{ path: 'spec.replicas', live: 0, desired: 2 }],
      },
    ]
    setCurve(world, 'replicas-desired', { deployment: 'orders' }, time => (time < AT ? 2 : 0))
    setCurve(world, 'request-rate', { service: 'orders' }, step(10, 0, AT))
    setCurve(world, 'upstream-error-ratio', { service: 'front', upstream: 'orders' }, step(0, 1, AT))
    makeFailing(world, 'front', 0.5)
    addAlert(world, 'KubeServiceWithoutEndpoints', { endpoint: 'orders' }, NOW - 8)
    const found = investigate(world)
    expectCause(found, 'SCALED_BELOW_GIT', 'orders', ['delivery-sync'])
    expect(found.choice.proposal?.undo).toMatchObject({ steps: [{ args: { replicas: 0 } }] })
  })

  it('show a manual scaling that Argo CD has already reverted: it is reported, and nothing is done', () => {
    const world = addDecoys(healthyWorld())
    setCurve(world, 'replicas-desired', { deployment: 'orders' }, time =>
      time < AT || time > AT + 8 ? 2 : 0,
    )
    addAlert(world, 'KubeServiceWithoutEndpoints', { endpoint: 'orders' }, AT + 6)
    const { verdict, choice } = investigate(world)
    expect(verdict.causes[0]).toMatchObject({
      code: 'SCALED_BELOW_GIT',
      message: expect.stringContaining('is back at 2'),
    })
    expect(choice).toMatchObject({
      proposal: null,
      message: expect.stringContaining('no longer differs from Git'),
    })
  })

  it('show the same where only the controller’s events recorded it, and noise of a service is no cause of the errors', () => {
    const world = addDecoys(healthyWorld())
    const event = (message: string, at: number) => ({
      type: 'Normal',
      reason: 'ScalingReplicaSet',
      message,
      object: { kind: 'Deployment', namespace: NAMESPACE, name: 'orders' },
      count: 1,
      firstAt: iso(at),
      lastAt: iso(at),
    })
    world.events.push(
      event('Scaled down replica set orders-h3 from 2 to 0', AT),
      event('Scaled up replica set orders-h3 from 0 to 2', AT + 1),
    )
    addCommit(world, 'orders', AT + 1, { message: 'Elsewhere', path: 'apps/shop/x.yaml', patch: '-a\n+b' })
    makeSlower(world, 'orders', 0.03)
    setCurve(world, 'upstream-error-ratio', { service: 'front', upstream: 'orders' }, step(0, 0.4, AT))
    makeFailing(world, 'front', 0.3)
    addAlert(world, 'ErrorBudgetBurn', { service: 'front' }, NOW - 8)
    const { verdict, choice } = investigate(world)
    expect(verdict.causes[0]).toMatchObject({ code: 'SCALED_BELOW_GIT', subject: { name: 'orders' } })
    expect(choice.proposal).toBeNull()
  })

  it('show no fault where the condition of the alert does not hold and everything was read', () => {
    const world = addDecoys(healthyWorld())
    addAlert(world, 'LatencyHigh', { service: 'front' }, NOW - 8)
    world.firing = []
    const { verdict, choice } = investigate(world)
    expect(verdict).toMatchObject({ outcome: 'no-fault', causes: [] })
    expect(choice.proposal).toBeNull()
  })

  it('show the cause at the time scale of a real cluster too, with scrapes every 30 seconds', () => {
    const world = healthyWorld()
    const at = NOW - 900
    addRelease(world, 'orders', at, { image: 'registry.example/shop/orders:1.1.0' })
    makeSlower(world, 'orders', 0.4, at + 20)
    makeSlower(world, 'front', 0.2, at + 20)
    setCurve(world, 'upstream-latency', { service: 'front', upstream: 'orders' }, step(0.01, 0.41, at + 20))
    addAlert(world, 'LatencyHigh', { service: 'front' }, NOW - 300)
    const found = investigate(world, { timeScale: 1 })
    expectCause(found, 'RELEASE_SLOW', 'orders', ['git-revert'])
    expect(found.choice.proposal?.verification).toMatchObject({ forSeconds: 150, withinSeconds: 600 })
  })
})
