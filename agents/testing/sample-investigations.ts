import { questionId } from '../snapshot/question-id.ts'
import { AT, CRASHING, makeFailing, makeSlower, setSignalPerRevision } from './cases.ts'
import { type Investigated, investigate } from './investigate.ts'
import { iso, job, NAMESPACE, pod, podOf, service, templateOf } from './kube.ts'
import { addAlert, addRelease, healthyWorld, NOW, setCurve, step, type World } from './sample-cluster.ts'
import { SAMPLE_FAULTS } from './sample-faults.ts'

/** What the sample faults leave out: less common ways of the same families. */
const WORLDS: ((world: World) => void)[] = [
  // An old pod that began to crash, a volume that is missing, an autoscaler, a StatefulSet without its pods.
  world => {
    world.objects.push(
      pod('users', templateOf('users'), 3, 8, NOW - 86_400, CRASHING),
      pod('users', templateOf('users'), 3, 9, NOW - 90, { ready: false, phase: 'Pending', state: {} }),
      podOf(
        'reader',
        null,
        'Pending',
        {},
        {
          volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
        },
      ),
      {
        kind: 'PersistentVolumeClaim',
        metadata: { name: 'data', namespace: NAMESPACE },
        status: { phase: 'Lost' },
      },
      {
        kind: 'Node',
        metadata: { name: 'node-2' },
        status: { conditions: [{ type: 'Ready', status: 'Unknown' }] },
      },
      {
        kind: 'HorizontalPodAutoscaler',
        metadata: { name: 'users', namespace: NAMESPACE },
        spec: { scaleTargetRef: { name: 'users' }, maxReplicas: 2 },
      },
      {
        kind: 'StatefulSet',
        metadata: { name: 'queue', namespace: NAMESPACE },
        spec: { replicas: 1, template: templateOf('queue') },
        status: { replicas: 0 },
      },
    )
    world.events.push({
      type: 'Warning',
      reason: 'FailedMount',
      message: 'MountVolume.SetUp failed: timed out',
      object: { kind: 'Pod', namespace: NAMESPACE, name: 'users-h3-9' },
      count: 1,
      firstAt: iso(AT),
      lastAt: iso(NOW - 2),
    })
  },
  // Names that do not resolve: of a Service, and of a host that one service called before it was released.
  world => {
    addRelease(world, 'orders', AT, {
      env: [{ name: 'MODE', valueFrom: { configMapKeyRef: { name: 'none', key: 'k' } } }],
    })
    makeFailing(world, 'orders', 0.5)
    world.logs[questionId.logs('orders-h4-1', 'orders', false)] = [
      'getaddrinfo ENOTFOUND pay.example.com',
      'getaddrinfo ENOTFOUND invoices',
    ]
  },
  // A release that lost its database.
  world => {
    addRelease(world, 'orders', AT, {}, { isStuck: true, pod: { ready: false, readyAt: AT } })
    setCurve(world, 'dependency-up', { service: 'orders', dependency: 'db' }, time => (time < AT ? 1 : 0))
    world.logs[questionId.logs('orders-h4-1', 'orders', false)] = ['connect ECONNREFUSED db:5432']
  },
  // A Service that sends to a port which its pods do not declare, beside a log line about something else.
  world => {
    world.objects = world.objects.filter(
      ({ kind, metadata }) => kind !== 'Service' || metadata.name !== 'orders',
    )
    world.objects.push(service('orders', { ports: [{ name: 'http', port: 8080, targetPort: 8081 }] }))
    makeFailing(world, 'front', 0.5)
    world.logs[questionId.logs('front-h3-1', 'front', false)] = ['getaddrinfo ENOTFOUND pay.example.com']
  },
  // A service that calls another through the Ingress.
  world => {
    const template = world.templates.front
    if (template) template.container.env = [{ name: 'ORDERS_URL', value: 'http://orders:8080' }]
    addRelease(world, 'front', AT, { env: [{ name: 'ORDERS_URL', value: 'http://api.shop.example/orders' }] })
    setCurve(world, 'ingress-rate', { service: 'orders', host: 'api.shop.example' }, step(0, 5, AT))
  },
  // A slow release of two commits, one that nothing deploys from Git, and one that other metric names measure.
  world => {
    slowRelease(world)
    const [release] = world.commits.slice(-1)
    world.commits.splice(-1, 0, {
      ...release,
      sha: 'd'.repeat(40),
      message: 'Second',
    } as World['commits'][number])
  },
  world => {
    slowRelease(world)
    delete world.history.front
  },
  world => {
    slowRelease(world)
    world.profile = 'opentelemetry-otlp'
  },
  // Pods of what is no workload: of Jobs that failed and that never start, and bare ones that ended.
  world => {
    const owner = { kind: 'CronJob', name: 'export' }
    world.objects.push(
      job('export-1', 'Failed', NOW - 60, owner),
      podOf('export-1-a', { kind: 'Job', name: 'export-1' }, 'Failed', {
        containerStatuses: [{ name: 'main', state: ENDED }],
      }),
      podOf('export-2-a', { kind: 'Job', name: 'export-2' }, 'Pending', {
        initContainerStatuses: [{ name: 'wait', state: { running: { startedAt: iso(NOW - 900) } } }],
      }),
      podOf('load-1', { kind: 'Workflow', name: 'load' }, 'Pending', {
        initContainerStatuses: [{ name: 'wait', state: { running: { startedAt: iso(NOW - 900) } } }],
      }),
      podOf('debug', null, 'Failed', { containerStatuses: [{ name: 'main', state: ENDED }] }),
    )
    world.logs[questionId.logs('export-1-a', 'main', false)] = ['Error: no permission']
    addAlert(world, 'KubePodNotReady', { pod: 'debug' }, NOW - 8)
  },
  // A release that fails, and one that is slow, while traffic rises and the old pods bear it.
  world => {
    surge(world)
    makeFailing(world, 'front', 0.5)
    setSignalPerRevision(world, 'front', 'error-ratio-by-revision', 0, 0.5)
    setCurve(world, 'error-ratio-by-revision', { service: 'front', revision: 'h3' }, () => 0)
  },
  world => {
    surge(world)
    makeSlower(world, 'front', 0.4)
    setSignalPerRevision(world, 'front', 'latency-mean-by-revision', 0.02, 0.42)
    setCurve(world, 'latency-mean-by-revision', { service: 'front', revision: 'h3' }, () => 0.02)
  },
]

const ENDED = { terminated: { exitCode: 2, reason: 'Error', finishedAt: iso(NOW - 62) } }

function slowRelease(world: World): void {
  addRelease(world, 'front', AT, { image: 'registry.example/shop/front:1.1.0' })
  makeSlower(world, 'front', 0.4)
  setSignalPerRevision(world, 'front', 'latency-mean-by-revision', 0.02, 0.42)
}

function surge(world: World): void {
  addRelease(world, 'front', AT - 5, { image: 'registry.example/shop/front:1.1.0' })
  setCurve(world, 'request-rate', { service: 'front' }, step(10, 32, AT - 12))
}

/** Investigations in which every part of the engine has something to look at. */
export const SAMPLE_INVESTIGATIONS: Investigated[] = [
  ...SAMPLE_FAULTS.map(({ world }) => investigate(world())),
  ...WORLDS.map(change => {
    const world = healthyWorld()
    change(world)
    addAlert(world, 'ErrorBudgetBurn', { service: 'front' }, NOW - 8)
    return investigate(world)
  }),
]
