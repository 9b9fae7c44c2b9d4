import type { QuestionId, QuestionKind } from '../snapshot/question-id.ts'
import type { AlertFact, KubernetesObject } from '../snapshot/snapshot.ts'
import { deployment, iso, NAMESPACE, pod, replicaSet, service, type Template, templateOf } from './kube.ts'

/** The time of every sample investigation, in Unix seconds. */
export const NOW = 1_790_000_000
const DAY = 86_400

type Curve = (time: number) => number | null
/** A series of the sample cluster, by signal name and labels. */
export type Series = { name: string; labels: Record<string, string>; curve: Curve }
type Commit = {
  sha: string
  message: string
  app: string
  files: { path: string; status: string; patch: string }[]
}
type Deployed = { id: number; revision: string; content?: string; at: number }

/** A cluster as data, from which every question is answered. A fault is a change of it. */
export type World = ReturnType<typeof healthyWorld>

/** A healthy cluster of four services: `front` calls `orders` and `users`, which both use `db`; `shop` stands alone. */
export function healthyWorld() {
  const templates: Record<string, Template> = {}
  const objects: KubernetesObject[] = []
  for (const name of ['front', 'orders', 'users', 'shop']) {
    const template = templateOf(name)
    templates[name] = template
    objects.push(
      deployment(name, template, { at: NOW - DAY, revision: 3 }),
      replicaSet(
        name,
        templateOf(name, { image: `registry.example/shop/${name}:0.9.0` }),
        2,
        NOW - 2 * DAY,
        0,
      ),
      replicaSet(name, template, 3, NOW - DAY, 2),
      pod(name, template, 3, 1, NOW - DAY),
      pod(name, template, 3, 2, NOW - DAY),
      service(name),
    )
  }
  objects.push(
    service('db', { selector: undefined, ports: [{ port: 5432 }] }),
    ingress('app.shop.example', 'front'),
    ingress('api.shop.example', 'orders'),
    {
      kind: 'NetworkPolicy',
      metadata: { name: 'default-deny', namespace: NAMESPACE },
      spec: { podSelector: {} },
    },
    { kind: 'Secret', metadata: { name: 'orders-database', namespace: NAMESPACE }, data: { url: null } },
    {
      kind: 'Node',
      metadata: { name: 'node-1' },
      status: { conditions: [{ type: 'Ready', status: 'True' }] },
    },
    completedPod(),
  )
  return {
    templates,
    objects,
    series: healthySeries(),
    events: [] as Record<string, unknown>[],
    /** By the id of the question that reads them. */
    logs: {} as Record<string, string[]>,
    firing: [] as AlertFact[],
    scope: [] as AlertFact[],
    commits: [{ sha: 'a'.repeat(40), message: 'Start', app: '', files: [] }] as Commit[],
    history: Object.fromEntries(
      Object.keys(templates).map(name => [name, [{ id: 3, revision: 'a'.repeat(40), at: NOW - DAY }]]),
    ) as Record<string, Deployed[]>,
    diffs: {} as Record<string, unknown[]>,
    apps: {} as Record<string, Record<string, unknown>>,
    rules: { requiredReviews: 0, requiredChecks: [] as string[], isProtected: false },
    canSync: true,
    /** The metric profile of the signals that users notice. */
    profile: 'goalixa',
    mayPatch: true,
    /** Alerts that another system than Prometheus evaluates. */
    foreignAlerts: [] as string[],
    /** Questions, or kinds of questions, that cannot be read. */
    unreadable: [] as (QuestionId | QuestionKind)[],
  }
}

/** Deploys a change of a service's template from Git: commit, sync, new ReplicaSet. `outcome` gives the state of the new pods. */
export function addRelease(
  world: World,
  name: string,
  at: number,
  container: Record<string, unknown>,
  outcome: { isStuck?: boolean; pod?: Record<string, unknown>; patch?: string; message?: string } = {},
): void {
  const old = world.templates[name] ?? templateOf(name)
  const template = templateOf(name, { ...old.container, ...container })
  const { isStuck = false } = outcome
  const revisionControlGroup = world.objects.filter(
    object => object.kind === 'Pod' && object.metadata.name.startsWith(`${name}-h3`),
  )
  world.objects = world.objects.filter(
    object =>
      !isOf(object, 'Deployment', name) &&
      !isOf(object, 'ReplicaSet', `${name}-h3`) &&
      (isStuck || !revisionControlGroup.includes(object)),
  )
  world.objects.push(
    deployment(name, template, {
      at,
      revision: 4,
      replicas: 2,
      ready: 2,
      updated: isStuck ? 1 : 2,
      total: isStuck ? 3 : 2,
    }),
    replicaSet(name, old, 3, NOW - DAY, isStuck ? 2 : 0),
    replicaSet(name, template, 4, at, isStuck ? 1 : 2, isStuck ? 0 : 2),
    pod(name, template, 4, 1, at, outcome.pod ?? {}),
    ...(isStuck ? [] : [pod(name, template, 4, 2, at, outcome.pod ?? {})]),
  )
  world.templates[name] = template
  addCommit(world, name, at - 1, {
    message: outcome.message ?? `Release ${name}`,
    path: `apps/${name}/deployment.yaml`,
    patch: outcome.patch ?? '-        image: old\n+        image: new',
  })
}

/** Adds a commit in a service's folder and the sync that deployed it. Returns its SHA. */
export function addCommit(
  world: World,
  name: string,
  at: number,
  change: { message: string; path: string; patch: string },
): string {
  const sha = String(world.commits.length).padStart(40, 'c')
  const { message, path, patch } = change
  world.commits.push({
    sha,
    message,
    app: name,
    files: [{ path, status: 'modified', patch: `@@ -1 +1 @@\n${patch}` }],
  })
  const entries = world.history[name] ?? []
  world.history[name] = [{ id: (entries[0]?.id ?? 0) + 1, revision: sha, at }, ...entries]
  return sha
}

/** Adds an alert that is firing in Prometheus and belongs to the scope of the investigation. */
export function addAlert(world: World, name: string, labels: Record<string, string>, at: number): void {
  const fact: AlertFact = {
    name,
    status: 'firing',
    labels: { alertname: name, namespace: NAMESPACE, severity: 'critical', ...labels },
    annotations: { summary: `Summary of ${name}` },
    startsAt: iso(at),
    endsAt: null,
  }
  world.firing.push(fact)
  world.scope.push(fact)
}

/** Replaces the curve of a series, or adds it. */
export function setCurve(world: World, name: string, labels: Record<string, string>, next: Curve): void {
  const isSame = (candidate: Series) =>
    candidate.name === name && Object.entries(labels).every(([key, value]) => candidate.labels[key] === value)
  world.series = [...world.series.filter(series => !isSame(series)), { name, labels, curve: next }]
}

/** A step from one value to another, with a little noise. */
export function step(before: number, after: number, at: number): Curve {
  return time => noisy(time < at ? before : after, time)
}

/** A level value with a little noise. */
export const steady =
  (value: number): Curve =>
  time =>
    noisy(value, time)

function noisy(value: number, time: number): number {
  return value * (1 + 0.08 * Math.sin(time * 12.9898) * Math.cos(time * 4.1414))
}

function healthySeries(): Series[] {
  const perService = ['front', 'orders', 'users'].flatMap((name): Series[] => {
    const labels = { service: name }
    const withRevision = { ...labels, revision: 'h3' }
    return [
      { name: 'request-rate', labels, curve: steady(10) },
      { name: 'error-ratio', labels, curve: steady(0) },
      { name: 'latency-p95', labels, curve: steady(0.05) },
      { name: 'latency-mean', labels, curve: steady(0.02) },
      { name: 'request-rate-by-revision', labels: withRevision, curve: steady(10) },
      { name: 'error-ratio-by-revision', labels: withRevision, curve: steady(0) },
      { name: 'latency-mean-by-revision', labels: withRevision, curve: steady(0.02) },
      { name: 'replicas-desired', labels: { deployment: name }, curve: () => 2 },
      { name: 'replicas-available', labels: { deployment: name }, curve: () => 2 },
    ]
  })
  const calls = ['orders', 'users'].flatMap((upstream): Series[] => {
    const labels = { service: 'front', upstream }
    return [
      { name: 'upstream-rate', labels, curve: steady(5) },
      { name: 'upstream-latency', labels, curve: steady(0.01) },
      { name: 'upstream-error-ratio', labels, curve: steady(0) },
      { name: 'dependency-up', labels: { service: upstream, dependency: 'db' }, curve: () => 1 },
    ]
  })
  return [
    ...perService,
    ...calls,
    {
      name: 'ingress-rate',
      labels: { ingress: 'app.shop.example', service: 'front', host: 'app.shop.example' },
      curve: steady(10),
    },
  ]
}

function isOf(object: KubernetesObject, kind: string, name: string): boolean {
  return object.kind === kind && object.metadata.name === name
}

function ingress(host: string, backend: string): KubernetesObject {
  return {
    kind: 'Ingress',
    metadata: { name: host, namespace: NAMESPACE },
    spec: { rules: [{ host, http: { paths: [{ path: '/', backend: { service: { name: backend } } }] } }] },
  }
}

function completedPod(): KubernetesObject {
  return {
    kind: 'Pod',
    metadata: {
      name: 'backup-29',
      namespace: NAMESPACE,
      labels: { app: 'backup' },
      ownerReferences: [{ kind: 'Job', name: 'backup' }],
    },
    status: {
      phase: 'Succeeded',
      conditions: [{ type: 'Ready', status: 'False', reason: 'PodCompleted' }],
      containerStatuses: [
        {
          name: 'backup',
          ready: false,
          restartCount: 0,
          state: { terminated: { exitCode: 0, reason: 'Completed' } },
        },
      ],
    },
  }
}
