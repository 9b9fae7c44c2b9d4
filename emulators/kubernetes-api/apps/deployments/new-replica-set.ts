import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { Context } from '../../controllers/controller.ts'
import { controllerReference } from '../../controllers/owners.ts'
import type { PodTemplate } from '../../core/pods/pod-spec.ts'
import { resolveIntOrPercent } from '../../meta/resolve-int-or-percent.ts'
import type { ResourceKind } from '../../meta/resource-kind.ts'
import { clone } from '../../registry/clone.ts'
import { StatusError } from '../../registry/status-error.ts'
import { type ReplicaSet, replicaSets } from '../replica-sets/kind.ts'
import type { Deployment } from './deployment.ts'
import { deployments } from './kind.ts'
import { DESIRED, MAX_REPLICAS, REVISION, replicaSetAnnotations, revisionOf } from './revision.ts'

const HASH = 'pod-template-hash'

/** Finds the replica set with the template of the deployment, the oldest if there are several. */
export function findNewReplicaSet({ spec }: Deployment, sets: ReplicaSet[]): ReplicaSet | undefined {
  return sets
    .filter(set => isDeepStrictEqual(withoutHash(set.spec.template), withoutHash(spec.template)))
    .toSorted((a, b) => Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion))
    .toSorted((a, b) => a.metadata.creationTimestamp.localeCompare(b.metadata.creationTimestamp))[0]
}

/** Finds or creates the replica set of the current template, and sets the highest revision on it. */
export function newReplicaSet(context: Context, deployment: Deployment, sets: ReplicaSet[]): ReplicaSet {
  const { cluster } = context
  const found = findNewReplicaSet(deployment, sets)
  const others = sets.filter(set => set !== found)
  const revision = String(Math.max(0, ...others.map(revisionOf)) + 1)
  if (!found) return create(context, deployment, sets, revision)
  const kept = Math.max(Number(revision), revisionOf(found))
  const annotated = cluster.mutate(replicaSets, found, draft => {
    draft.metadata.annotations = replicaSetAnnotations(deployment, draft, String(kept))
    draft.spec.minReadySeconds = deployment.spec.minReadySeconds
  })
  recordRevision(context, deployment, String(kept))
  return annotated
}

function create(context: Context, deployment: Deployment, sets: ReplicaSet[], revision: string): ReplicaSet {
  const { cluster, recordEvent } = context
  const { metadata, spec } = deployment
  const present = cluster.get(deployments, metadata.namespace, metadata.name)
  const hash = hashOf(spec.template, present.status.collisionCount)
  const template = clone(spec.template)
  template.metadata = { ...template.metadata, labels: { ...template.metadata?.labels, [HASH]: hash } }
  const name = `${metadata.name}-${hash}`
  const replicas = firstReplicas(deployment, sets)
  try {
    const created = cluster.create(replicaSets, {
      metadata: {
        name,
        namespace: metadata.namespace,
        labels: template.metadata.labels,
        annotations: {
          ...replicaSetAnnotations(deployment, undefined, revision),
          [DESIRED]: String(spec.replicas),
          [MAX_REPLICAS]: String(spec.replicas + resolveMaxSurge(deployment)),
        },
        ownerReferences: [controllerReference(deployments as ResourceKind, deployment)],
      },
      spec: {
        replicas,
        minReadySeconds: spec.minReadySeconds,
        selector: { ...spec.selector, matchLabels: { ...spec.selector.matchLabels, [HASH]: hash } },
        template,
      },
    })
    recordRevision(context, deployment, revision)
    if (replicas > 0)
      recordEvent(
        deployment,
        'Normal',
        'ScalingReplicaSet',
        `Scaled up replica set ${name} from 0 to ${replicas}`,
      )
    return created
  } catch (error) {
    if (error instanceof StatusError && error.reason === 'AlreadyExists') recordCollision(context, deployment)
    throw error
  }
}

/** Returns the maximum number of pods above the desired number during a rolling update. */
export function resolveMaxSurge({ spec }: Deployment): number {
  return spec.strategy.rollingUpdate
    ? resolveIntOrPercent(spec.strategy.rollingUpdate.maxSurge, spec.replicas, 'up')
    : 0
}

/** Returns the maximum number of missing pods during a rolling update; at least one without a surge. */
export function resolveMaxUnavailable(deployment: Deployment): number {
  const { spec } = deployment
  if (!spec.strategy.rollingUpdate) return 0
  const count = resolveIntOrPercent(spec.strategy.rollingUpdate.maxUnavailable, spec.replicas, 'down')
  const isStuck = count === 0 && resolveMaxSurge(deployment) === 0
  return Math.min(isStuck ? 1 : count, spec.replicas)
}

function firstReplicas(deployment: Deployment, sets: ReplicaSet[]): number {
  const { replicas, strategy } = deployment.spec
  if (strategy.type === 'Recreate') return replicas
  const present = sets.reduce((sum, set) => sum + set.spec.replicas, 0)
  return Math.min(replicas, Math.max(0, replicas + resolveMaxSurge(deployment) - present))
}

function recordRevision({ cluster }: Context, deployment: Deployment, revision: string) {
  cluster.mutate(deployments, deployment, draft => {
    draft.metadata.annotations = { ...draft.metadata.annotations, [REVISION]: revision }
  })
}

// The name belongs to the hash of another template: the collision count is part of the hash, so the next attempt uses
// another name.
function recordCollision({ cluster }: Context, deployment: Deployment) {
  cluster.mutate(
    deployments,
    deployment,
    draft => {
      draft.status.collisionCount = (draft.status.collisionCount ?? 0) + 1
    },
    { subresource: 'status' },
  )
}

const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789'

/** Hashes a template to ten characters that are safe in names. */
function hashOf(template: PodTemplate, collisionCount = 0): string {
  const digest = createHash('sha256')
    .update(JSON.stringify(sorted(withoutHash(template))))
    .update(String(collisionCount || ''))
    .digest()
  return [...digest.subarray(0, 10)].map(byte => ALPHABET[byte % ALPHABET.length]).join('')
}

function withoutHash(template: PodTemplate): PodTemplate {
  const { [HASH]: _, ...labels } = template.metadata?.labels ?? {}
  return { ...template, metadata: { ...template.metadata, labels } }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  )
}
