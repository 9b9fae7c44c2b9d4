import {
  AT,
  CRASHING,
  failing,
  newRevision,
  slower,
  withDecoys,
} from '@goalixa/agents/incident/testing/cases'
import { NAMESPACE, service } from '@goalixa/agents/incident/testing/kube'
import {
  alert,
  commit,
  curve,
  healthyWorld,
  NOW,
  release,
  step,
  type World,
} from '@goalixa/agents/incident/testing/world'

const IMAGE = 'registry.example/shop'

/** Troubles of the sample cluster, of every kind of evidence: measured, logged, read from objects, from Git, and none. */
export const TROUBLES = {
  'a slow release': slowRelease,
  'a release that ends at start': () => {
    const world = withDecoys(healthyWorld())
    release(world, 'users', AT, { image: `${IMAGE}/users:1.1.0` }, { isStuck: true, pod: CRASHING })
    world.logs['logs/users-h4-1/users/previous'] = ['starting', "Error: Cannot find module './flags.json'"]
    alert(world, 'KubePodCrashLooping', { pod: 'users-h4-1', container: 'users' }, NOW - 10)
    return world
  },
  'a database that refuses connections': () => {
    const world = withDecoys(healthyWorld())
    curve(world, 'dependency-up', { service: 'orders', dependency: 'db' }, time => (time < AT ? 1 : 0))
    failing(world, 'orders', 0.9)
    failing(world, 'front', 0.5)
    curve(world, 'upstream-error-ratio', { service: 'front', upstream: 'orders' }, step(0, 0.9, AT))
    world.logs['logs/orders-h3-1/orders/current'] = [
      '{"level":50,"msg":"too many connections for role \\"orders\\""}',
    ]
    alert(world, 'DependencyDown', { service: 'orders', dependency: 'db' }, NOW - 8)
    return world
  },
  'a Service with the wrong port': () => {
    const world = withDecoys(healthyWorld())
    world.objects = world.objects.filter(one => one.kind !== 'Service' || one.metadata.name !== 'orders')
    world.objects.push(service('orders', { ports: [{ name: 'http', port: 8080, targetPort: 8081 }] }))
    const patch = '-      targetPort: http\n+      targetPort: 8081'
    commit(world, 'orders', AT, { message: 'Tidy ports', path: 'apps/orders/service.yaml', patch })
    curve(world, 'request-rate', { service: 'orders' }, step(10, 0, AT))
    curve(world, 'upstream-error-ratio', { service: 'front', upstream: 'orders' }, step(0, 1, AT))
    failing(world, 'front', 0.5)
    alert(world, 'ErrorBudgetBurn', { service: 'front' }, NOW - 8)
    return world
  },
  'a workload scaled down by hand': () => {
    const world = withDecoys(healthyWorld())
    const orders = world.objects.find(one => one.kind === 'Deployment' && one.metadata.name === 'orders')
    const none = { replicas: 0, readyReplicas: 0, availableReplicas: 0, updatedReplicas: 0 }
    Object.assign(orders?.spec as object, { replicas: 0 })
    Object.assign(orders?.status as object, none)
    world.objects = world.objects.filter(one => !one.metadata.name.startsWith('orders-h3-'))
    const changes = [{ path: 'spec.replicas', live: 0, desired: 2 }]
    world.diffs.orders = [{ kind: 'Deployment', namespace: NAMESPACE, name: 'orders', changes }]
    curve(world, 'replicas-desired', { deployment: 'orders' }, time => (time < AT ? 2 : 0))
    curve(world, 'request-rate', { service: 'orders' }, step(10, 0, AT))
    curve(world, 'upstream-error-ratio', { service: 'front', upstream: 'orders' }, step(0, 1, AT))
    failing(world, 'front', 0.5)
    alert(world, 'KubeServiceWithoutEndpoints', { endpoint: 'orders' }, NOW - 8)
    return world
  },
  'an alert with nothing behind it': () => {
    const world = withDecoys(healthyWorld())
    alert(world, 'LatencyHigh', { service: 'front' }, NOW - 8)
    world.firing = []
    return world
  },
} satisfies Record<string, () => World>

/** A release of `orders` that makes it, and `front` which waits for it, slow. */
export function slowRelease(alertname = 'LatencyHigh'): World {
  const world = withDecoys(healthyWorld())
  release(world, 'orders', AT, { image: `${IMAGE}/orders:1.1.0` })
  slower(world, 'orders', 0.4)
  slower(world, 'front', 0.2)
  curve(world, 'upstream-latency', { service: 'front', upstream: 'orders' }, step(0.01, 0.41, AT))
  newRevision(world, 'orders', 'latency-mean-by-revision', 0.02, 0.42)
  alert(world, alertname, { service: 'front' }, NOW - 8)
  return world
}
