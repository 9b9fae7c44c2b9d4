import type { KubernetesObject } from '../snapshot/snapshot.ts'

/** The namespace of the sample cluster. */
export const NAMESPACE = 'shop-production'

/** A pod template with one container. */
export type Template = { labels: Record<string, string>; container: Record<string, unknown> }

/** Unix seconds as an ISO 8601 time. */
export const iso = (seconds: number) => new Date(seconds * 1000).toISOString()

/** The pod template of a service in the sample cluster, with one container. */
export function templateOf(service: string, container: Record<string, unknown> = {}): Template {
  return {
    labels: { 'app.kubernetes.io/name': service },
    container: {
      name: service,
      image: `registry.example/shop/${service}:1.0.0`,
      ports: [{ name: 'http', containerPort: 8080 }],
      env: [{ name: 'LOG_LEVEL', value: 'info' }],
      resources: { limits: { memory: '256Mi' } },
      readinessProbe: { httpGet: { path: '/readyz', port: 'http' }, periodSeconds: 1 },
      ...container,
    },
  }
}

/** A Deployment of the sample cluster; `at` is when its revision was rolled out, in Unix seconds. */
export function deployment(
  service: string,
  template: Template,
  more: {
    replicas?: number
    ready?: number
    updated?: number
    total?: number
    at: number
    revision: number
    generation?: number
  },
): KubernetesObject {
  const { replicas = 2, ready = replicas, updated = replicas, total = replicas } = more
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: service,
      namespace: NAMESPACE,
      generation: more.generation ?? more.revision,
      resourceVersion: '1000',
      creationTimestamp: iso(more.at - 86_400),
      annotations: {
        'deployment.kubernetes.io/revision': String(more.revision),
        'syntra.goalixa.com/tier': 'A',
      },
      labels: template.labels,
    },
    spec: { replicas, selector: { matchLabels: template.labels }, template: specOf(template, {}) },
    status: {
      replicas: total,
      readyReplicas: ready,
      availableReplicas: ready,
      updatedReplicas: updated,
      conditions: [],
    },
  }
}

/** The ReplicaSet of a revision, whose hash is `h` and the revision number. */
export function replicaSet(
  service: string,
  template: Template,
  revision: number,
  at: number,
  replicas: number,
  ready = replicas,
): KubernetesObject {
  const hash = `h${revision}`
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${service}-${hash}`,
      namespace: NAMESPACE,
      creationTimestamp: iso(at),
      labels: { ...template.labels, 'pod-template-hash': hash },
      annotations: { 'deployment.kubernetes.io/revision': String(revision) },
      ownerReferences: [{ kind: 'Deployment', name: service, controller: true }],
    },
    spec: { replicas, template: specOf(template, { 'pod-template-hash': hash }) },
    status: { replicas, readyReplicas: ready },
  }
}

/** A pod of a revision, created `at` Unix seconds; `status` overrides parts of its status and metadata. */
export function pod(
  service: string,
  template: Template,
  revision: number,
  number: number,
  at: number,
  status: Record<string, unknown> = {},
): KubernetesObject {
  const hash = `h${revision}`
  const {
    ready = true,
    phase = 'Running',
    restartCount = 0,
    state,
    lastState = {},
    readyAt = at + 2,
    ...rest
  } = status
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${service}-${hash}-${number}`,
      namespace: NAMESPACE,
      creationTimestamp: iso(at),
      labels: { ...template.labels, 'pod-template-hash': hash },
      ownerReferences: [{ kind: 'ReplicaSet', name: `${service}-${hash}`, controller: true }],
      ...rest,
    },
    spec: { nodeName: 'node-1', containers: [template.container] },
    status: {
      phase,
      conditions: [
        { type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: iso(readyAt as number) },
      ],
      containerStatuses: [
        {
          name: service,
          ready,
          restartCount,
          image: template.container.image,
          state: state ?? { running: { startedAt: iso(at + 1) } },
          lastState,
        },
      ],
    },
  }
}

/** A pod of one container that another object created, or nothing; not ready, `status` adds to its status. */
export function podOf(
  name: string,
  owner: { kind: string; name: string } | null,
  phase: string,
  status: Record<string, unknown>,
  spec: Record<string, unknown> = {},
): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: NAMESPACE,
      creationTimestamp: iso(1_790_000_000 - 900),
      ...(owner === null ? {} : { ownerReferences: [{ ...owner, controller: true }] }),
    },
    spec: { nodeName: 'node-1', containers: [{ name: 'main' }], ...spec },
    status: { phase, conditions: [{ type: 'Ready', status: 'False' }], ...status },
  }
}

/** A Job with a condition since `at` Unix seconds. */
export function job(
  name: string,
  condition: 'Failed' | 'Complete',
  at: number,
  owner?: { kind: string; name: string },
): KubernetesObject {
  const message = condition === 'Failed' ? 'Job has reached the specified backoff limit' : ''
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name,
      namespace: NAMESPACE,
      creationTimestamp: iso(at - 300),
      ...(owner ? { ownerReferences: [{ ...owner, controller: true }] } : {}),
    },
    status: { conditions: [{ type: condition, status: 'True', message, lastTransitionTime: iso(at) }] },
  }
}

/** A Service that selects the pods of the workload of the same name; `spec` overrides its fields. */
export function service(name: string, spec: Record<string, unknown> = {}): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: NAMESPACE, resourceVersion: '7' },
    spec: {
      selector: { 'app.kubernetes.io/name': name },
      ports: [{ name: 'http', port: 8080, targetPort: 'http' }],
      clusterIP: '10.0.0.9',
      ...spec,
    },
  }
}

function specOf({ labels, container }: Template, more: Record<string, string>) {
  return { metadata: { labels: { ...labels, ...more } }, spec: { containers: [container] } }
}
