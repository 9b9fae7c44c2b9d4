import type { ApiObject, Namespace, PodObject, Symptom } from './object-fault.ts'

const LABELS = { 'app.kubernetes.io/name': 'web' }
const IMAGE = 'registry.example/shop/web:1'
/** The image of a release that brings a fault. */
export const RELEASE = 'registry.example/shop/web:2'

/** Seconds ago as a time of the API. */
export const secondsAgo = (seconds: number) =>
  new Date(Date.now() - seconds * 1_000).toISOString().replace(/\.\d+/, '')

type Template = { container?: Record<string, unknown>; spec?: Record<string, unknown> }

/** The pod template of a workload `web`: one container, with changes to it and to the pod's spec. */
export function templateOf({ container = {}, spec = {} }: Template = {}) {
  const resources = { requests: { cpu: '10m', memory: '16Mi' }, limits: { memory: '128Mi' } }
  const web = {
    name: 'web',
    image: IMAGE,
    ports: [{ name: 'http', containerPort: 8080 }],
    resources,
    ...container,
  }
  return {
    metadata: { labels: LABELS },
    spec: { terminationGracePeriodSeconds: 1, containers: [web], ...spec },
  }
}

/** A workload `web` of two replicas. */
export function workload(
  kind: 'Deployment' | 'StatefulSet' | 'DaemonSet',
  template: Template = {},
  spec: Record<string, unknown> = {},
): ApiObject {
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name: 'web', labels: LABELS },
    spec: {
      ...(kind === 'DaemonSet' ? {} : { replicas: 2 }),
      ...(kind === 'StatefulSet' ? { serviceName: 'web' } : {}),
      selector: { matchLabels: LABELS },
      template: templateOf(template),
      ...spec,
    },
  }
}

/** A release of the Deployment `web`: a patch of its container. */
export function release(container: Record<string, unknown> = {}) {
  const template = {
    spec: { containers: templateOf({ container: { image: RELEASE, ...container } }).spec.containers },
  }
  return { kind: 'Deployment', name: 'web', patch: { spec: { template } } }
}

/** An object of the core group. */
export function core(kind: string, name: string, content: Record<string, unknown>): ApiObject {
  return { apiVersion: 'v1', kind, metadata: { name }, ...content }
}

/** A Job `import` whose pod is not retried. */
export function job(spec: Record<string, unknown> = {}): ApiObject {
  const { metadata: _, spec: pod } = templateOf({ spec: { restartPolicy: 'Never' } })
  const template = { spec: pod }
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'import' },
    spec: { backoffLimit: 0, template, ...spec },
  }
}

/** Whether a pod is of the release that brings the fault. */
export const isReleased = (pod: PodObject) => pod.spec.containers[0]?.image === RELEASE

/** A container that has ended again and again. */
export function crashing(terminated: Record<string, unknown>, log: string): Symptom {
  const ended = {
    startedAt: secondsAgo(20),
    finishedAt: secondsAgo(8),
    exitCode: 1,
    reason: 'Error',
    ...terminated,
  }
  const message = 'back-off 40s restarting failed container=web'
  return {
    container: {
      restartCount: 3,
      state: { waiting: { reason: 'CrashLoopBackOff', message } },
      lastState: { terminated: ended },
    },
    events: [{ reason: 'BackOff', message: 'Back-off restarting failed container web' }],
    previousLog: log,
  }
}

/** A container that does not start, for this reason of the kubelet. */
export function waiting(
  reason: string,
  message: string,
  event?: { reason: string; message: string },
): Symptom {
  return {
    phase: 'Pending',
    container: { state: { waiting: { reason, message } } },
    ...(event ? { events: [event] } : {}),
  }
}

/** An image that cannot be pulled, with the message of containerd. */
export function unpullable(image: string, detail: string): Symptom {
  const message = `Failed to pull image "${image}": rpc error: code = Unknown desc = failed to pull and unpack image "${image}": ${detail}`
  return waiting('ImagePullBackOff', `Back-off pulling image "${image}"`, { reason: 'Failed', message })
}

const podOf = ({ pods }: Namespace, isFaulty: (pod: PodObject) => boolean = () => true) =>
  (pods.find(isFaulty) ?? pods[0])?.metadata.name ?? ''

/** kube-prometheus' alerts of a pod of the release, or of any pod. */
export const podAlert =
  (alertname: string, isFaulty?: (pod: PodObject) => boolean) => (namespace: Namespace) => ({
    alertname,
    pod: podOf(namespace, isFaulty),
    container: 'web',
  })

/** An alert about a named object, for example `{ deployment: 'web' }`. */
export const objectAlert = (alertname: string, labels: Record<string, string>) => () => ({
  alertname,
  ...labels,
})
