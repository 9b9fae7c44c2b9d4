/** An object as a manifest or the API has it. */
export type ClusterObject = {
  apiVersion: string
  kind: string
  metadata: {
    name: string
    namespace?: string
    creationTimestamp?: string
    labels?: Record<string, string>
    annotations?: Record<string, string>
    ownerReferences?: Owner[]
  }
  spec?: Record<string, unknown>
  status?: Record<string, unknown>
}
export type Owner = { apiVersion: string; kind: string; name: string; uid: string; controller: true }
type Place = { namespace: string; name: string }
type Container = { name: string; image?: string; resources?: Record<string, unknown>; restartPolicy?: string }
type Status = Record<string, unknown>

/** The ISO 8601 time so many minutes before now. */
export const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString()

/** The controller of another object. */
export function ownedBy(apiVersion: string, kind: string, name: string): Owner[] {
  return [{ apiVersion, kind, name, uid: `uid-of-${kind}-${name}`.toLowerCase(), controller: true }]
}

/** A node that is Ready, or that its kubelet has not reported on for an hour. */
export function node(name: string, { isReady = true, status = {} as Status } = {}): ClusterObject {
  const ready = isReady
    ? { type: 'Ready', status: 'True', reason: 'KubeletReady', lastTransitionTime: minutesAgo(90_000) }
    : {
        type: 'Ready',
        status: 'Unknown',
        reason: 'NodeStatusUnknown',
        message: 'Kubelet stopped posting node status.',
        lastTransitionTime: minutesAgo(20),
      }
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, creationTimestamp: minutesAgo(100_000) },
    spec: {},
    status: { allocatable: { cpu: '4', memory: '16Gi', pods: '110' }, conditions: [ready], ...status },
  }
}

type PodOptions = Place & {
  createdAt?: string
  labels?: Record<string, string>
  owner?: Owner[]
  node?: string
  containers?: Container[]
  initContainers?: Container[]
  spec?: Record<string, unknown>
  /** By default running and ready. */
  status?: Status
}

/** A pod; without a status it runs and is ready. */
export function pod(options: PodOptions): ClusterObject {
  const { namespace, name, createdAt = minutesAgo(5_000), labels = {}, owner, initContainers } = options
  const containers = (options.containers ?? [{ name: 'main' }]).map(withImage)
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      creationTimestamp: createdAt,
      labels,
      ...(owner ? { ownerReferences: owner } : {}),
    },
    spec: {
      nodeName: options.node ?? 'worker-1',
      containers,
      ...(initContainers ? { initContainers: initContainers.map(withImage) } : {}),
      ...options.spec,
    },
    status: options.status ?? runningStatus(containers, createdAt),
  }
}

/** The status of a pod whose containers all run, and are ready. */
export function runningStatus(containers: Container[], since: string): Status {
  return {
    phase: 'Running',
    startTime: since,
    conditions: [
      { type: 'PodScheduled', status: 'True', lastTransitionTime: since },
      { type: 'Ready', status: 'True', lastTransitionTime: since },
    ],
    containerStatuses: containers.map(({ name }) =>
      containerStatus(name, { state: { running: { startedAt: since } }, ready: true, started: true }),
    ),
  }
}

/** The status of a pod that is not ready, for a while already. */
export function unreadyStatus(phase: string, since: string, more: Status = {}): Status {
  return {
    phase,
    startTime: since,
    conditions: [
      { type: 'PodScheduled', status: 'True', lastTransitionTime: since },
      { type: 'Ready', status: 'False', reason: 'ContainersNotReady', lastTransitionTime: since },
    ],
    ...more,
  }
}

/** The status of a container that is not ready and was never restarted. */
export function containerStatus(name: string, more: Status): Status {
  return { name, image: imageOf(name), imageID: '', ready: false, restartCount: 0, lastState: {}, ...more }
}

/** A container state of a process that has ended, some minutes ago. */
export function ended(exitCode: number, reason: string, endedMinutesAgo: number): Status {
  return {
    terminated: {
      exitCode,
      reason,
      startedAt: minutesAgo(endedMinutesAgo + 1),
      finishedAt: minutesAgo(endedMinutesAgo),
    },
  }
}

/** A healthy Deployment of one container, with its ReplicaSet and pods. */
export function deployment({ namespace, name, replicas = 1 }: Place & { replicas?: number }) {
  const labels = { app: name }
  const hash = '66b9c9c7c4'
  const template = { metadata: { labels }, spec: { containers: [withImage({ name })] } }
  const ready = { replicas, readyReplicas: replicas, availableReplicas: replicas }
  const metadata = { namespace, creationTimestamp: minutesAgo(60_000), labels }
  const annotations = { 'deployment.kubernetes.io/revision': '3' }
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { ...metadata, name, annotations },
      spec: { replicas, selector: { matchLabels: labels }, template },
      status: { ...ready, updatedReplicas: replicas },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: {
        ...metadata,
        name: `${name}-${hash}`,
        annotations,
        labels: { ...labels, 'pod-template-hash': hash },
        ownerReferences: ownedBy('apps/v1', 'Deployment', name),
      },
      spec: {
        replicas,
        selector: { matchLabels: { ...labels, 'pod-template-hash': hash } },
        template: { ...template, metadata: { labels: { ...labels, 'pod-template-hash': hash } } },
      },
      status: ready,
    },
    ...Array.from({ length: replicas }, (_, index) =>
      pod({
        namespace,
        name: `${name}-${hash}-${String(index).padStart(5, 'b')}`,
        labels: { ...labels, 'pod-template-hash': hash },
        owner: ownedBy('apps/v1', 'ReplicaSet', `${name}-${hash}`),
        containers: [{ name }],
      }),
    ),
  ] satisfies ClusterObject[]
}

/** A Job of one container. */
export function job(
  { namespace, name }: Place,
  { createdAt, owner, status }: { createdAt: string; owner?: Owner[]; status: Status },
): ClusterObject {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name,
      namespace,
      creationTimestamp: createdAt,
      ...(owner ? { ownerReferences: owner } : {}),
    },
    spec: {
      backoffLimit: 2,
      template: { spec: { restartPolicy: 'Never', containers: [withImage({ name: 'main' })] } },
    },
    status,
  }
}

function withImage(container: Container): Container {
  return { image: imageOf(container.name), ...container }
}

function imageOf(name: string): string {
  return `registry.example.net/${name}:1.9`
}
