/** An object as the API has it; `status` is written separately. */
export type BenchObject = {
  apiVersion: string
  kind: string
  metadata: Record<string, unknown> & { name: string; namespace?: string }
  status?: Record<string, unknown>
} & Record<string, unknown>

const PODS_OF_DEPLOYMENT = 10
const PODS_OF_NODE = 100
const HASHES = { old: '66b9c9c7c4', now: '74c9fd8b66', bad: '7d5c9b8f66' }

/** The Deployment of each namespace whose new revision crashes, and its pod. */
export const BROKEN = { name: 'cart', pod: `cart-${HASHES.bad}-xk7pq` }

/** The nodes for so many pods. */
export function buildNodes(pods: number): BenchObject[] {
  return Array.from({ length: Math.ceil(pods / PODS_OF_NODE) }, (_, index) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: `node-${index}` },
    status: {
      allocatable: { cpu: '16', memory: '64Gi', pods: '110' },
      conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: minutesAgo(50_000) }],
      images: Array.from({ length: 40 }, (_, image) => ({
        names: [
          `registry.example/image-${image}@sha256:${'0'.repeat(64)}`,
          `registry.example/image-${image}:1`,
        ],
        sizeBytes: 80_000_000,
      })),
    },
  }))
}

/** A namespace of so many healthy pods in Deployments, each with its ReplicaSets, Service, ConfigMap and events, and one release that crashes. */
export function buildNamespace(namespace: string, pods: number): BenchObject[] {
  const deployments = Math.max(Math.round(pods / PODS_OF_DEPLOYMENT) - 1, 1)
  const names = Array.from({ length: deployments }, (_, index) => `app-${index}`)
  return [
    ...names.flatMap(name => buildDeployment(namespace, name)),
    ...buildDeployment(namespace, BROKEN.name, true),
  ]
}

/** So many pods that nothing else belongs to. */
export function buildPods(namespace: string, count: number): BenchObject[] {
  return Array.from({ length: count }, (_, index) =>
    buildPod(namespace, 'crowd', `crowd-${index}`, HASHES.now, index),
  )
}

function buildDeployment(namespace: string, name: string, isBroken = false): BenchObject[] {
  const labels = { app: name }
  const metadata = { namespace, labels }
  const replicas = PODS_OF_DEPLOYMENT
  const template = (version: number) => ({ metadata: { labels }, spec: podSpec(name, version) })
  const revisions = [
    { hash: HASHES.old, number: 1, replicas: 0, ready: 0 },
    { hash: HASHES.now, number: 2, replicas, ready: replicas },
    ...(isBroken ? [{ hash: HASHES.bad, number: 3, replicas: 1, ready: 0 }] : []),
  ]
  const pods = Array.from({ length: replicas }, (_, index) =>
    buildPod(namespace, name, `${name}-${HASHES.now}-${String(index).padStart(5, 'b')}`, HASHES.now, index),
  )
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: {
        ...metadata,
        name,
        annotations: { 'deployment.kubernetes.io/revision': String(revisions.length) },
      },
      spec: { replicas, selector: { matchLabels: labels }, template: template(revisions.length) },
      status: {
        replicas: isBroken ? replicas + 1 : replicas,
        readyReplicas: isBroken ? replicas - 1 : replicas,
        availableReplicas: replicas,
        updatedReplicas: isBroken ? 1 : replicas,
      },
    },
    ...revisions.map(({ hash, number, replicas, ready }) => ({
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: {
        namespace,
        name: `${name}-${hash}`,
        labels: { ...labels, 'pod-template-hash': hash },
        annotations: { 'deployment.kubernetes.io/revision': String(number) },
        ownerReferences: [owner('Deployment', name)],
      },
      spec: {
        replicas,
        selector: { matchLabels: { ...labels, 'pod-template-hash': hash } },
        template: {
          metadata: { labels: { ...labels, 'pod-template-hash': hash } },
          spec: podSpec(name, number),
        },
      },
      status: { replicas, readyReplicas: ready },
    })),
    ...pods,
    ...(isBroken ? [crashing(buildPod(namespace, name, BROKEN.pod, HASHES.bad, 0))] : []),
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { namespace, name },
      spec: { selector: labels, ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
    },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { namespace, name },
      data: { settings: 'x'.repeat(500) },
    },
    ...pods.map(pod => buildEvent(namespace, pod.metadata.name)),
  ]
}

function buildPod(namespace: string, app: string, name: string, hash: string, index: number): BenchObject {
  const startedAt = minutesAgo(6_000)
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      namespace,
      name,
      labels: { app, 'pod-template-hash': hash },
      ownerReferences: [owner('ReplicaSet', `${app}-${hash}`)],
    },
    spec: { nodeName: `node-${index % PODS_OF_NODE}`, ...podSpec(app, 2) },
    status: {
      phase: 'Running',
      podIP: `10.${index % 200}.1.7`,
      startTime: startedAt,
      conditions: ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map(type => ({
        type,
        status: 'True',
        lastTransitionTime: startedAt,
      })),
      containerStatuses: [
        {
          name: app,
          image: `registry.example/${app}:2`,
          imageID: `registry.example/${app}@sha256:${'0'.repeat(64)}`,
          ready: true,
          restartCount: 0,
          state: { running: { startedAt } },
          lastState: {},
        },
      ],
    },
  }
}

function crashing(pod: BenchObject): BenchObject {
  const [ready] = [{ type: 'Ready', status: 'False', lastTransitionTime: minutesAgo(19) }]
  const status = {
    name: BROKEN.name,
    image: `registry.example/${BROKEN.name}:3`,
    imageID: '',
    ready: false,
    restartCount: 8,
    state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container' } },
    lastState: { terminated: { exitCode: 1, reason: 'Error', finishedAt: minutesAgo(2) } },
  }
  return { ...pod, status: { ...pod.status, conditions: [ready], containerStatuses: [status] } }
}

function podSpec(name: string, version: number) {
  const env = Array.from({ length: 8 }, (_, index) => ({ name: `SETTING_${index}`, value: `value ${index}` }))
  return {
    containers: [
      {
        name,
        image: `registry.example/${name}:${version}`,
        ports: [{ name: 'http', containerPort: 8080 }],
        env: [...env, { name: 'SETTINGS', valueFrom: { configMapKeyRef: { name, key: 'settings' } } }],
        resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '128Mi' } },
        readinessProbe: { httpGet: { path: '/readyz', port: 'http' } },
      },
    ],
  }
}

function buildEvent(namespace: string, pod: string): BenchObject {
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { namespace, name: `${pod}.started` },
    involvedObject: { kind: 'Pod', namespace, name: pod },
    type: 'Normal',
    reason: 'Started',
    message: 'Started container',
    count: 1,
    firstTimestamp: minutesAgo(30),
    lastTimestamp: minutesAgo(30),
    source: { component: 'kubelet' },
  }
}

function owner(kind: string, name: string) {
  return { apiVersion: 'apps/v1', kind, name, uid: `uid-of-${name}`, controller: true }
}

function minutesAgo(minutes: number): string {
  return new Date(Date.now() - minutes * 60_000).toISOString()
}
