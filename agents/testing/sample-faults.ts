import { questionId } from '../snapshot/question-id.ts'
import { AT, CRASHING, makeFailing, makeSlower, setSignalPerRevision } from './cases.ts'
import { iso, NAMESPACE, service } from './kube.ts'
import {
  addAlert,
  addCommit,
  addRelease,
  healthyWorld,
  NOW,
  setCurve,
  step,
  type World,
} from './sample-cluster.ts'

/** A sample cluster with one fault, and the code and subject of its true cause. */
export type SampleFault = { message: string; world: () => World; code: string | null; subject: string | null }

/** One sample cluster for each family of faults, with the true cause; null: there is no fault, or it cannot be determined. */
export const SAMPLE_FAULTS: SampleFault[] = [
  sampleFault('a release crashes', 'RELEASE_CRASHES_AT_START', 'users', world => {
    addRelease(world, 'users', AT, IMAGE, { isStuck: true, pod: CRASHING })
    world.logs[questionId.logs('users-h4-1', 'users', true)] = ["Error: Cannot find module './flags.json'"]
    addAlert(world, 'KubePodCrashLooping', { pod: 'users-h4-1', container: 'users' }, NOW - 10)
  }),
  sampleFault('an image does not exist', 'IMAGE_NOT_FOUND', 'users', world => {
    const waiting = { reason: 'ErrImagePull', message: 'manifest unknown' }
    const pod = { ready: false, phase: 'Pending', state: { waiting } }
    addRelease(world, 'users', AT, IMAGE, { isStuck: true, pod })
    addAlert(world, 'KubePodImagePullFailing', { pod: 'users-h4-1', container: 'users' }, NOW - 8)
  }),
  sampleFault('a setting is missing', 'CONFIG_MISSING', 'users', world => {
    const env = [{ name: 'KEY', valueFrom: { secretKeyRef: { name: 'nowhere', key: 'k' } } }]
    const waiting = { reason: 'CreateContainerConfigError', message: 'secret "nowhere" not found' }
    const pod = { ready: false, phase: 'Pending', state: { waiting } }
    addRelease(
      world,
      'users',
      AT,
      { env },
      { isStuck: true, pod, patch: '+          name: nowhere # secretKeyRef' },
    )
    addAlert(world, 'KubePodConfigError', { pod: 'users-h4-1', container: 'users' }, NOW - 8)
  }),
  sampleFault('memory leaks', 'MEMORY_LEAK', 'orders', world => {
    const lastState = { terminated: { exitCode: 137, reason: 'OOMKilled', finishedAt: iso(NOW - 9) } }
    addRelease(world, 'orders', AT - 60, IMAGE, { pod: { restartCount: 1, lastState } })
    for (const number of [1, 2])
      setCurve(world, 'memory', { pod: `orders-h4-${number}`, container: 'orders' }, time => {
        if (time < AT - 58) return null
        return time < NOW - 9 ? (60 + (time - AT + 58) * 2.2) * 2 ** 20 : 60 * 2 ** 20
      })
    addAlert(world, 'KubeContainerOOMKilled', { pod: 'orders-h4-1', container: 'orders' }, NOW - 6)
  }),
  sampleFault('a release is slow', 'RELEASE_SLOW', 'orders', world => {
    addRelease(world, 'orders', AT, IMAGE)
    makeSlower(world, 'orders', 0.4)
    makeSlower(world, 'front', 0.2)
    setCurve(world, 'upstream-latency', { service: 'front', upstream: 'orders' }, step(0.01, 0.41, AT))
    setSignalPerRevision(world, 'orders', 'latency-mean-by-revision', 0.02, 0.42)
    addAlert(world, 'LatencyHigh', { service: 'front' }, NOW - 8)
  }),
  sampleFault('a release fails', 'RELEASE_ERRORS', 'orders', world => {
    addRelease(world, 'orders', AT, IMAGE)
    makeFailing(world, 'orders', 0.3)
    makeFailing(world, 'front', 0.15)
    setCurve(world, 'upstream-error-ratio', { service: 'front', upstream: 'orders' }, step(0, 0.3, AT))
    setSignalPerRevision(world, 'orders', 'error-ratio-by-revision', 0, 0.3)
    addAlert(world, 'ErrorBudgetBurn', { service: 'front' }, NOW - 8)
  }),
  sampleFault('a database refuses connections', 'DEPENDENCY_REFUSES_CONNECTIONS', 'db', world => {
    for (const name of ['orders', 'users']) {
      setCurve(world, 'dependency-up', { service: name, dependency: 'db' }, time => (time < AT ? 1 : 0))
      setCurve(world, 'upstream-error-ratio', { service: 'front', upstream: name }, step(0, 0.9, AT))
      makeFailing(world, name, 0.9)
      world.logs[questionId.logs(`${name}-h3-1`, name, false)] = ['connect ECONNREFUSED db:5432']
    }
    makeFailing(world, 'front', 0.8)
    addAlert(world, 'ErrorBudgetBurn', { service: 'front' }, NOW - 8)
  }),
  sampleFault('a Service targets a port that no pod listens on', 'SERVICE_PORT_MISMATCH', 'orders', world => {
    world.objects = world.objects.filter(
      object => object.kind !== 'Service' || object.metadata.name !== 'orders',
    )
    world.objects.push(service('orders', { ports: [{ name: 'http', port: 8080, targetPort: 8081 }] }))
    const patch = '-      targetPort: http\n+      targetPort: 8081'
    addCommit(world, 'orders', AT, { message: 'Tidy ports', path: 'apps/orders/service.yaml', patch })
    setCurve(world, 'request-rate', { service: 'orders' }, step(10, 0, AT))
    setCurve(world, 'upstream-error-ratio', { service: 'front', upstream: 'orders' }, step(0, 1, AT))
    makeFailing(world, 'front', 0.5)
    addAlert(world, 'ErrorBudgetBurn', { service: 'front' }, NOW - 8)
  }),
  sampleFault('a workload was scaled down manually', 'SCALED_BELOW_GIT', 'orders', world => {
    const orders = world.objects.find(
      object => object.kind === 'Deployment' && object.metadata.name === 'orders',
    )
    const status = { replicas: 0, readyReplicas: 0, availableReplicas: 0, updatedReplicas: 0 }
    Object.assign(orders?.spec as object, { replicas: 0 })
    Object.assign(orders?.status as object, status)
    world.objects = world.objects.filter(object => !object.metadata.name.startsWith('orders-h3-'))
    const changes = [{ path: 'spec.replicas', live: 0, desired: 2 }]
    world.diffs.orders = [{ kind: 'Deployment', namespace: NAMESPACE, name: 'orders', changes }]
    setCurve(world, 'replicas-desired', { deployment: 'orders' }, time => (time < AT ? 2 : 0))
    setCurve(world, 'request-rate', { service: 'orders' }, step(10, 0, AT))
    setCurve(world, 'upstream-error-ratio', { service: 'front', upstream: 'orders' }, step(0, 1, AT))
    makeFailing(world, 'front', 0.5)
    addAlert(world, 'ErrorBudgetBurn', { service: 'front' }, NOW - 8)
  }),
  sampleFault('traffic surges', 'TRAFFIC_SURGE', 'front', world => {
    setCurve(world, 'request-rate', { service: 'front' }, step(10, 60, AT))
    setCurve(world, 'request-rate', { service: 'orders' }, step(10, 60, AT))
    setCurve(world, 'latency-mean', { service: 'front' }, step(0.02, 0.5, AT + 6))
    addAlert(world, 'LatencyHigh', { service: 'front' }, NOW - 8)
  }),
  sampleFault('the alert is over', null, null, world => {
    addAlert(world, 'LatencyHigh', { service: 'front' }, NOW - 8)
    world.firing = []
  }),
  sampleFault('nothing explains the alert', null, null, world => {
    addAlert(world, 'SomethingOdd', { service: 'front' }, NOW - 8)
  }),
]

const IMAGE = { image: 'registry.example/shop/thing:1.1.0' }

function sampleFault(
  message: string,
  code: string | null,
  subject: string | null,
  change: (world: World) => void,
): SampleFault {
  const world = () => {
    const fresh = healthyWorld()
    change(fresh)
    return fresh
  }
  return { message, world, code, subject }
}
