import { questionId } from '../snapshot/question-id.ts'
import { AT, CRASHING, failing, newRevision, slower } from './cases.ts'
import { iso, NAMESPACE, service } from './kube.ts'
import { alert, commit, curve, healthyWorld, NOW, release, step, type World } from './sample-cluster.ts'

export type Trouble = { message: string; world: () => World; code: string | null; subject: string | null }

/** One sample cluster per family of faults, with what is true of it; null: nothing is wrong, or nobody can tell. */
export const TROUBLES: Trouble[] = [
  trouble('a release crashes', 'RELEASE_CRASHES_AT_START', 'users', world => {
    release(world, 'users', AT, IMAGE, { isStuck: true, pod: CRASHING })
    world.logs[questionId.logs('users-h4-1', 'users', true)] = ["Error: Cannot find module './flags.json'"]
    alert(world, 'KubePodCrashLooping', { pod: 'users-h4-1', container: 'users' }, NOW - 10)
  }),
  trouble('an image does not exist', 'IMAGE_NOT_FOUND', 'users', world => {
    const waiting = { reason: 'ErrImagePull', message: 'manifest unknown' }
    const pod = { ready: false, phase: 'Pending', state: { waiting } }
    release(world, 'users', AT, IMAGE, { isStuck: true, pod })
    alert(world, 'KubePodImagePullFailing', { pod: 'users-h4-1', container: 'users' }, NOW - 8)
  }),
  trouble('a setting is missing', 'CONFIG_MISSING', 'users', world => {
    const env = [{ name: 'KEY', valueFrom: { secretKeyRef: { name: 'nowhere', key: 'k' } } }]
    const waiting = { reason: 'CreateContainerConfigError', message: 'secret "nowhere" not found' }
    const pod = { ready: false, phase: 'Pending', state: { waiting } }
    release(
      world,
      'users',
      AT,
      { env },
      { isStuck: true, pod, patch: '+          name: nowhere # secretKeyRef' },
    )
    alert(world, 'KubePodConfigError', { pod: 'users-h4-1', container: 'users' }, NOW - 8)
  }),
  trouble('memory leaks', 'MEMORY_LEAK', 'orders', world => {
    const lastState = { terminated: { exitCode: 137, reason: 'OOMKilled', finishedAt: iso(NOW - 9) } }
    release(world, 'orders', AT - 60, IMAGE, { pod: { restartCount: 1, lastState } })
    for (const number of [1, 2])
      curve(world, 'memory', { pod: `orders-h4-${number}`, container: 'orders' }, time => {
        if (time < AT - 58) return null
        return time < NOW - 9 ? (60 + (time - AT + 58) * 2.2) * 2 ** 20 : 60 * 2 ** 20
      })
    alert(world, 'KubeContainerOOMKilled', { pod: 'orders-h4-1', container: 'orders' }, NOW - 6)
  }),
  trouble('a release is slow', 'RELEASE_SLOW', 'orders', world => {
    release(world, 'orders', AT, IMAGE)
    slower(world, 'orders', 0.4)
    slower(world, 'front', 0.2)
    curve(world, 'upstream-latency', { service: 'front', upstream: 'orders' }, step(0.01, 0.41, AT))
    newRevision(world, 'orders', 'latency-mean-by-revision', 0.02, 0.42)
    alert(world, 'LatencyHigh', { service: 'front' }, NOW - 8)
  }),
  trouble('a release fails', 'RELEASE_ERRORS', 'orders', world => {
    release(world, 'orders', AT, IMAGE)
    failing(world, 'orders', 0.3)
    failing(world, 'front', 0.15)
    curve(world, 'upstream-error-ratio', { service: 'front', upstream: 'orders' }, step(0, 0.3, AT))
    newRevision(world, 'orders', 'error-ratio-by-revision', 0, 0.3)
    alert(world, 'ErrorBudgetBurn', { service: 'front' }, NOW - 8)
  }),
  trouble('a database refuses', 'DEPENDENCY_REFUSES_CONNECTIONS', 'db', world => {
    for (const name of ['orders', 'users']) {
      curve(world, 'dependency-up', { service: name, dependency: 'db' }, time => (time < AT ? 1 : 0))
      curve(world, 'upstream-error-ratio', { service: 'front', upstream: name }, step(0, 0.9, AT))
      failing(world, name, 0.9)
      world.logs[questionId.logs(`${name}-h3-1`, name, false)] = ['connect ECONNREFUSED db:5432']
    }
    failing(world, 'front', 0.8)
    alert(world, 'ErrorBudgetBurn', { service: 'front' }, NOW - 8)
  }),
  trouble('a Service sends to a port of nobody', 'SERVICE_PORT_MISMATCH', 'orders', world => {
    world.objects = world.objects.filter(
      object => object.kind !== 'Service' || object.metadata.name !== 'orders',
    )
    world.objects.push(service('orders', { ports: [{ name: 'http', port: 8080, targetPort: 8081 }] }))
    const patch = '-      targetPort: http\n+      targetPort: 8081'
    commit(world, 'orders', AT, { message: 'Tidy ports', path: 'apps/orders/service.yaml', patch })
    curve(world, 'request-rate', { service: 'orders' }, step(10, 0, AT))
    curve(world, 'upstream-error-ratio', { service: 'front', upstream: 'orders' }, step(0, 1, AT))
    failing(world, 'front', 0.5)
    alert(world, 'ErrorBudgetBurn', { service: 'front' }, NOW - 8)
  }),
  trouble('somebody scaled down', 'SCALED_BELOW_GIT', 'orders', world => {
    const orders = world.objects.find(
      object => object.kind === 'Deployment' && object.metadata.name === 'orders',
    )
    const status = { replicas: 0, readyReplicas: 0, availableReplicas: 0, updatedReplicas: 0 }
    Object.assign(orders?.spec as object, { replicas: 0 })
    Object.assign(orders?.status as object, status)
    world.objects = world.objects.filter(object => !object.metadata.name.startsWith('orders-h3-'))
    const changes = [{ path: 'spec.replicas', live: 0, desired: 2 }]
    world.diffs.orders = [{ kind: 'Deployment', namespace: NAMESPACE, name: 'orders', changes }]
    curve(world, 'replicas-desired', { deployment: 'orders' }, time => (time < AT ? 2 : 0))
    curve(world, 'request-rate', { service: 'orders' }, step(10, 0, AT))
    curve(world, 'upstream-error-ratio', { service: 'front', upstream: 'orders' }, step(0, 1, AT))
    failing(world, 'front', 0.5)
    alert(world, 'ErrorBudgetBurn', { service: 'front' }, NOW - 8)
  }),
  trouble('many more users come', 'TRAFFIC_SURGE', 'front', world => {
    curve(world, 'request-rate', { service: 'front' }, step(10, 60, AT))
    curve(world, 'request-rate', { service: 'orders' }, step(10, 60, AT))
    curve(world, 'latency-mean', { service: 'front' }, step(0.02, 0.5, AT + 6))
    alert(world, 'LatencyHigh', { service: 'front' }, NOW - 8)
  }),
  trouble('the alert is over', null, null, world => {
    alert(world, 'LatencyHigh', { service: 'front' }, NOW - 8)
    world.firing = []
  }),
  trouble('nothing explains the alert', null, null, world => {
    alert(world, 'SomethingOdd', { service: 'front' }, NOW - 8)
  }),
]

const IMAGE = { image: 'registry.example/shop/thing:1.1.0' }

function trouble(
  message: string,
  code: string | null,
  subject: string | null,
  change: (world: World) => void,
): Trouble {
  const world = () => {
    const fresh = healthyWorld()
    change(fresh)
    return fresh
  }
  return { message, world, code, subject }
}
