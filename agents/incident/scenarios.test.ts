import { describe, expect, it } from 'vitest'
import { reviewProposal } from '../reviewer/review-proposal.ts'
import { type Investigated, investigate } from './testing/investigate.ts'
import { iso, NAMESPACE, service } from './testing/kube.ts'
import {
  alert,
  commit,
  curve,
  healthyWorld,
  NOW,
  release,
  steady,
  step,
  type World,
} from './testing/world.ts'

const AT = NOW - 40
const CRASHING = {
  ready: false,
  restartCount: 4,
  state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 40s restarting failed container' } },
  lastState: { terminated: { exitCode: 1, reason: 'Error', finishedAt: iso(NOW - 12) } },
}

/** A deploy of a page that has nothing to do with it, close to the trouble, and a warning of yesterday. */
function withDecoys(world: World): World {
  release(world, 'shop', AT - 6, { image: 'registry.example/shop/shop:1.1.0' })
  world.events.push({
    type: 'Warning',
    reason: 'Unhealthy',
    message: 'Readiness probe failed: HTTP probe failed with statuscode: 404',
    object: { kind: 'Pod', namespace: NAMESPACE, name: 'users-h3-1' },
    count: 3,
    firstAt: iso(NOW - 80_000),
    lastAt: iso(NOW - 79_000),
  })
  curve(world, 'memory', { pod: 'shop-h4-1', container: 'shop' }, steady(200 * 2 ** 20))
  return world
}

function expectCause(
  { verdict, choice, snapshot }: Investigated,
  code: string,
  subject: string,
  methods: string[],
): void {
  expect(verdict).toMatchObject({
    outcome: 'cause',
    causes: [{ code, subject: { name: subject } }, ...verdict.causes.slice(1)],
  })
  expect(verdict.causes[0]?.confidence).toBeGreaterThan(0.7)
  expect(methods).toContain(choice.proposal?.method)
  if (choice.proposal !== null)
    expect(reviewProposal({ proposal: choice.proposal, verdict, snapshot }).objections).toEqual([])
}

function slower(world: World, name: string, own: number, at = AT): void {
  curve(world, 'latency-mean', { service: name }, step(0.02, 0.02 + own, at))
  curve(world, 'latency-p95', { service: name }, step(0.05, 0.05 + 2 * own, at))
}

function failing(world: World, name: string, ratio: number, at = AT): void {
  curve(world, 'error-ratio', { service: name }, step(0, ratio, at))
}

function newRevision(world: World, name: string, signal: string, before: number, after: number): void {
  curve(world, signal, { service: name, revision: 'h3' }, time => (time < AT + 2 ? before : null))
  curve(world, signal, { service: name, revision: 'h4' }, time => (time < AT + 2 ? null : after))
}

describe('a fault in the sample cluster', () => {
  it('is a release that crashes at start, while the old pods carry on', () => {
    const world = withDecoys(healthyWorld())
    release(
      world,
      'users',
      AT,
      { image: 'registry.example/shop/users:1.1.0' },
      { isStuck: true, pod: CRASHING },
    )
    world.logs['logs/users-h4-1/users/previous'] = ['starting', "Error: Cannot find module './flags.json'"]
    alert(world, 'KubePodCrashLooping', { pod: 'users-h4-1', container: 'users' }, NOW - 10)
    const found = investigate(world)
    expectCause(found, 'RELEASE_CRASHES_AT_START', 'users', ['git-revert'])
    expect(found.verdict.causes[0]?.says).toContain('flags.json')
    expect(found.verdict.causes[0]?.for.map(one => one.code)).toContain('OLD_PODS_HEALTHY')
    expect(
      found.verdict.cleared.some(one => one.subject.name === 'shop' && one.says.includes('innocent')),
    ).toBe(true)
  })

  it('is a slow release of a service that the alerted one only waits for', () => {
    const world = withDecoys(healthyWorld())
    release(world, 'orders', AT, { image: 'registry.example/shop/orders:1.1.0' })
    slower(world, 'orders', 0.4)
    slower(world, 'front', 0.2)
    curve(world, 'upstream-latency', { service: 'front', upstream: 'orders' }, step(0.01, 0.41, AT))
    newRevision(world, 'orders', 'latency-mean-by-revision', 0.02, 0.42)
    alert(world, 'LatencyHigh', { service: 'front' }, NOW - 8)
    const found = investigate(world)
    expectCause(found, 'RELEASE_SLOW', 'orders', ['git-revert'])
    expect(found.verdict.causes[0]?.chain.map(one => `${one.code} ${one.service}`)).toEqual([
      'REVISION_SLOWER orders',
      'LATENCY_UP orders',
      'LATENCY_UP front',
      'ALERT_FIRING front',
    ])
  })

  it('is a release that fails on writes', () => {
    const world = withDecoys(healthyWorld())
    release(world, 'orders', AT, { image: 'registry.example/shop/orders:1.1.0' })
    failing(world, 'orders', 0.3)
    failing(world, 'front', 0.15)
    curve(world, 'upstream-error-ratio', { service: 'front', upstream: 'orders' }, step(0, 0.3, AT))
    curve(world, 'error-ratio-by-method', { service: 'orders', method: 'POST' }, step(0, 1, AT))
    curve(world, 'error-ratio-by-method', { service: 'orders', method: 'GET' }, steady(0))
    newRevision(world, 'orders', 'error-ratio-by-revision', 0, 0.3)
    alert(world, 'ErrorBudgetBurn', { service: 'front' }, NOW - 8)
    const found = investigate(world)
    expectCause(found, 'RELEASE_ERRORS', 'orders', ['git-revert'])
    expect(found.verdict.causes[0]?.says).toContain('writes (POST) fail, reads do not')
  })

  it('is an image that does not exist', () => {
    const world = withDecoys(healthyWorld())
    const image = 'registry.example/shop/users:9.9.9'
    release(
      world,
      'users',
      AT,
      { image },
      {
        isStuck: true,
        pod: {
          ready: false,
          phase: 'Pending',
          state: { waiting: { reason: 'ImagePullBackOff', message: `Back-off pulling image "${image}"` } },
        },
      },
    )
    world.events.push({
      type: 'Warning',
      reason: 'Failed',
      message: `Failed to pull image "${image}": manifest unknown`,
      object: { kind: 'Pod', namespace: NAMESPACE, name: 'users-h4-1' },
      count: 3,
      firstAt: iso(AT),
      lastAt: iso(NOW - 5),
    })
    alert(world, 'KubePodImagePullFailing', { pod: 'users-h4-1', container: 'users' }, NOW - 8)
    expectCause(investigate(world), 'IMAGE_NOT_FOUND', 'users', ['git-revert'])
  })

  it('is a key that the ConfigMap does not have', () => {
    const world = withDecoys(healthyWorld())
    world.objects.push({
      kind: 'ConfigMap',
      metadata: { name: 'users-config', namespace: NAMESPACE },
      data: { A: '1' },
    })
    const env = [{ name: 'MODE', valueFrom: { configMapKeyRef: { name: 'users-config', key: 'mode' } } }]
    release(
      world,
      'users',
      AT,
      { env },
      {
        isStuck: true,
        pod: {
          ready: false,
          phase: 'Pending',
          state: {
            waiting: {
              reason: 'CreateContainerConfigError',
              message: "couldn't find key mode in ConfigMap shop-production/users-config",
            },
          },
        },
        patch:
          '+        - name: MODE\n+          valueFrom:\n+            configMapKeyRef: { name: users-config, key: mode }',
      },
    )
    alert(world, 'KubePodConfigError', { pod: 'users-h4-1', container: 'users' }, NOW - 8)
    const found = investigate(world)
    expectCause(found, 'CONFIG_KEY_MISSING', 'users', ['git-revert'])
    expect(found.verdict.causes[0]?.says).toContain('key mode of ConfigMap users-config')
  })

  it('is a leak that reaches the memory limit', () => {
    const world = withDecoys(healthyWorld())
    release(
      world,
      'orders',
      AT - 60,
      { image: 'registry.example/shop/orders:1.1.0' },
      {
        pod: {
          restartCount: 1,
          lastState: { terminated: { exitCode: 137, reason: 'OOMKilled', finishedAt: iso(NOW - 9) } },
        },
      },
    )
    for (const number of [1, 2])
      curve(world, 'memory', { pod: `orders-h4-${number}`, container: 'orders' }, time => {
        if (time < AT - 58) return null
        return time < NOW - 9 ? (60 + (time - AT + 58) * 2.2) * 2 ** 20 : 60 * 2 ** 20
      })
    alert(world, 'KubeContainerOOMKilled', { pod: 'orders-h4-1', container: 'orders' }, NOW - 6)
    const found = investigate(world)
    expectCause(found, 'MEMORY_LEAK', 'orders', ['git-revert'])
    expect(found.verdict.causes[0]?.chain.map(one => one.code)).toEqual([
      'MEMORY_LEAK',
      'OOM_KILLED',
      'ALERT_FIRING',
    ])
  })

  it('is a readiness probe that asks another path than before', () => {
    const world = withDecoys(healthyWorld())
    release(
      world,
      'orders',
      AT,
      { readinessProbe: { httpGet: { path: '/healthz', port: 'http' }, periodSeconds: 1 } },
      {
        isStuck: true,
        pod: { ready: false, readyAt: AT + 1 },
        patch: '-            path: /readyz\n+            path: /healthz',
      },
    )
    world.events.push({
      type: 'Warning',
      reason: 'Unhealthy',
      message: 'Readiness probe failed: HTTP probe failed with statuscode: 404',
      object: { kind: 'Pod', namespace: NAMESPACE, name: 'orders-h4-1' },
      count: 30,
      firstAt: iso(AT + 2),
      lastAt: iso(NOW - 1),
    })
    alert(world, 'KubePodNotReady', { pod: 'orders-h4-1' }, NOW - 8)
    const found = investigate(world)
    expectCause(found, 'READINESS_PROBE_FAILS', 'orders', ['git-revert'])
    expect(found.verdict.causes[0]?.says).toContain(
      '/healthz on port http, where the revision before asked /readyz',
    )
  })

  it('is a Service that sends to a port on which nobody listens', () => {
    const world = withDecoys(healthyWorld())
    world.objects = world.objects.filter(one => one.kind !== 'Service' || one.metadata.name !== 'orders')
    world.objects.push(service('orders', { ports: [{ name: 'http', port: 8080, targetPort: 8081 }] }))
    commit(world, 'orders', AT, {
      message: 'Tidy ports',
      path: 'apps/orders/service.yaml',
      patch: '-      targetPort: http\n+      targetPort: 8081',
    })
    curve(world, 'request-rate', { service: 'orders' }, step(10, 0, AT))
    curve(world, 'upstream-error-ratio', { service: 'front', upstream: 'orders' }, step(0, 1, AT))
    failing(world, 'front', 0.5)
    alert(world, 'ErrorBudgetBurn', { service: 'front' }, NOW - 8)
    const found = investigate(world)
    expectCause(found, 'SERVICE_PORT_MISMATCH', 'orders', ['git-revert'])
    expect(found.verdict.causes[0]?.for.map(one => one.code)).toContain('GONE_WITHOUT_CHANGE')
  })

  it('is a service that calls another one round through the Ingress', () => {
    const world = withDecoys(healthyWorld())
    const env = [{ name: 'ORDERS_URL', value: 'http://api.shop.example/orders' }]
    const before = [{ name: 'ORDERS_URL', value: 'http://orders:8080' }]
    const template = world.templates.front
    if (template) template.container.env = before
    release(
      world,
      'front',
      AT,
      { env },
      { patch: '-          value: http://orders:8080\n+          value: http://api.shop.example/orders' },
    )
    slower(world, 'front', 0.1)
    curve(world, 'upstream-latency', { service: 'front', upstream: 'orders' }, step(0.01, 0.21, AT))
    curve(world, 'ingress-rate', { service: 'orders', host: 'api.shop.example' }, time =>
      time < AT ? null : 5,
    )
    alert(world, 'LatencyHigh', { service: 'front' }, NOW - 8)
    expectCause(investigate(world), 'CALLS_THROUGH_INGRESS', 'front', ['git-revert'])
  })

  it('is a database that refuses connections, and nothing is rolled back although a release is near', () => {
    const world = withDecoys(healthyWorld())
    release(
      world,
      'orders',
      AT - 5,
      { image: 'registry.example/shop/orders:1.1.0' },
      { pod: { ready: false, readyAt: AT + 2 } },
    )
    curve(world, 'dependency-up', { service: 'orders', dependency: 'db' }, time => (time < AT ? 1 : 0))
    failing(world, 'orders', 0.9)
    failing(world, 'front', 0.5)
    curve(world, 'upstream-error-ratio', { service: 'front', upstream: 'orders' }, step(0, 0.9, AT))
    newRevision(world, 'orders', 'error-ratio-by-revision', 0, 0.9)
    world.logs['logs/orders-h4-1/orders/current'] = [
      '{"level":50,"msg":"too many connections for role \\"orders\\""}',
    ]
    alert(world, 'DependencyDown', { service: 'orders', dependency: 'db' }, NOW - 8)
    const found = investigate(world)
    expectCause(found, 'DEPENDENCY_REFUSES_CONNECTIONS', 'db', [undefined as unknown as string])
    expect(found.choice.proposal).toBeNull()
  })

  it('is a workload that was scaled by hand below what Git says', () => {
    const world = withDecoys(healthyWorld())
    const orders = world.objects.find(one => one.kind === 'Deployment' && one.metadata.name === 'orders')
    Object.assign(orders?.spec as object, { replicas: 0 })
    Object.assign(orders?.status as object, {
      replicas: 0,
      readyReplicas: 0,
      availableReplicas: 0,
      updatedReplicas: 0,
    })
    world.objects = world.objects.filter(one => !one.metadata.name.startsWith('orders-h3-'))
    world.diffs.orders = [
      {
        kind: 'Deployment',
        namespace: NAMESPACE,
        name: 'orders',
        changes: [{ path: 'spec.replicas', live: 0, desired: 2 }],
      },
    ]
    curve(world, 'replicas-desired', { deployment: 'orders' }, time => (time < AT ? 2 : 0))
    curve(world, 'request-rate', { service: 'orders' }, step(10, 0, AT))
    curve(world, 'upstream-error-ratio', { service: 'front', upstream: 'orders' }, step(0, 1, AT))
    failing(world, 'front', 0.5)
    alert(world, 'KubeServiceWithoutEndpoints', { endpoint: 'orders' }, NOW - 8)
    const found = investigate(world)
    expectCause(found, 'SCALED_BELOW_GIT', 'orders', ['argocd-sync'])
    expect(found.choice.proposal?.undo).toMatchObject({ steps: [{ args: { replicas: 0 } }] })
  })

  it('is none where the alert’s condition does not hold and everything was read', () => {
    const world = withDecoys(healthyWorld())
    alert(world, 'LatencyHigh', { service: 'front' }, NOW - 8)
    world.firing = []
    const { verdict, choice } = investigate(world)
    expect(verdict).toMatchObject({ outcome: 'none', causes: [] })
    expect(choice.proposal).toBeNull()
  })

  it('is a liveness probe that kills a process', () => {
    const world = withDecoys(healthyWorld())
    const livenessProbe = { httpGet: { path: '/alive', port: 'http' } }
    release(
      world,
      'orders',
      AT,
      { livenessProbe },
      {
        patch: '+          livenessProbe:\n+            httpGet: { path: /alive, port: http }',
        pod: {
          restartCount: 3,
          ready: false,
          lastState: { terminated: { exitCode: 137, reason: 'Error', finishedAt: iso(NOW - 4) } },
        },
      },
    )
    world.events.push({
      type: 'Normal',
      reason: 'Killing',
      message: 'Container orders failed liveness probe, will be restarted',
      object: { kind: 'Pod', namespace: NAMESPACE, name: 'orders-h4-1' },
      count: 3,
      firstAt: iso(AT + 3),
      lastAt: iso(NOW - 4),
    })
    alert(world, 'KubePodNotReady', { pod: 'orders-h4-1' }, NOW - 8)
    expectCause(investigate(world), 'LIVENESS_PROBE_FAILS', 'orders', ['git-revert'])
  })

  it('is found at the pace of a real cluster too, with scrapes every 30 seconds', () => {
    const world = healthyWorld()
    const at = NOW - 900
    release(world, 'orders', at, { image: 'registry.example/shop/orders:1.1.0' })
    slower(world, 'orders', 0.4, at + 20)
    slower(world, 'front', 0.2, at + 20)
    curve(world, 'upstream-latency', { service: 'front', upstream: 'orders' }, step(0.01, 0.41, at + 20))
    alert(world, 'LatencyHigh', { service: 'front' }, NOW - 300)
    const found = investigate(world, { timeScale: 1 })
    expectCause(found, 'RELEASE_SLOW', 'orders', ['git-revert'])
    expect(found.choice.proposal?.verification).toMatchObject({ forSeconds: 60, withinSeconds: 600 })
  })
})
