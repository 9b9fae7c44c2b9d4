import type { Context } from '../../controllers/controller.ts'
import type { WorkQueue } from '../../controllers/work-queue.ts'
import { conditionOf } from '../../meta/conditions.ts'
import type { Condition } from '../../meta/kube-object.ts'
import { toTime } from '../../registry/clock.ts'
import type { ReplicaSet } from '../replica-sets/kind.ts'
import type { Deployment, DeploymentStatus } from './deployment.ts'
import { deployments } from './kind.ts'
import { findNewReplicaSet, resolveMaxUnavailable } from './new-replica-set.ts'

type Counts = Required<
  Pick<
    DeploymentStatus,
    'replicas' | 'updatedReplicas' | 'readyReplicas' | 'availableReplicas' | 'unavailableReplicas'
  >
>

/** Returns whether all pods are of the newest revision and available. */
export function isComplete({ spec, ...deployment }: Deployment, sets: ReplicaSet[]): boolean {
  const { updatedReplicas, replicas, availableReplicas } = countsOf(
    { spec, ...deployment } as Deployment,
    sets,
  )
  return (
    updatedReplicas === spec.replicas && replicas === spec.replicas && availableReplicas === spec.replicas
  )
}

/** Writes counts and conditions, and requeues the deployment for the end of its progress deadline. */
export function writeDeploymentStatus(
  context: Context,
  deployment: Deployment,
  sets: ReplicaSet[],
  queue: WorkQueue,
  key: string,
): void {
  const { cluster } = context
  const now = cluster.now()
  const present = cluster.find(deployments, deployment.metadata.namespace, deployment.metadata.name)
  if (!present) return
  const counts = countsOf(deployment, sets)
  const conditions = [
    ...others(present.status),
    availability(present, counts, now),
    ...progress(present, counts, sets, now),
    ...failure(present, sets),
  ]
  const status: DeploymentStatus = {
    observedGeneration: deployment.metadata.generation,
    ...Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)),
    ...(present.status.collisionCount ? { collisionCount: present.status.collisionCount } : {}),
    conditions,
  }
  cluster.mutate(
    deployments,
    present,
    draft => {
      draft.status = status
    },
    { subresource: 'status' },
  )
  const progressing = conditions.find(condition => condition.type === 'Progressing')
  if (
    progressing?.status === 'True' &&
    progressing.reason !== 'NewReplicaSetAvailable' &&
    !deployment.spec.paused
  )
    queue.addAfter(key, msUntilDeadline(deployment, progressing, now) + 1_000)
}

function countsOf(deployment: Deployment, sets: ReplicaSet[]): Counts {
  const newest = findNewReplicaSet(deployment, sets)
  const sum = (count: (set: ReplicaSet) => number | undefined) =>
    sets.reduce((total, set) => total + (count(set) ?? 0), 0)
  const availableReplicas = sum(set => set.status.availableReplicas)
  const wanted = sum(set => set.spec.replicas)
  return {
    replicas: sum(set => set.status.replicas),
    updatedReplicas: newest?.status.replicas ?? 0,
    readyReplicas: sum(set => set.status.readyReplicas),
    availableReplicas,
    unavailableReplicas: Math.max(0, wanted - availableReplicas),
  }
}

function others({ conditions = [] }: DeploymentStatus): Condition[] {
  return conditions.filter(
    condition => !['Available', 'Progressing', 'ReplicaFailure'].includes(condition.type),
  )
}

function availability(deployment: Deployment, { availableReplicas }: Counts, now: Date): Condition {
  const isAvailable = availableReplicas >= deployment.spec.replicas - resolveMaxUnavailable(deployment)
  return changed(
    deployment,
    now,
    isAvailable
      ? {
          type: 'Available',
          status: 'True',
          reason: 'MinimumReplicasAvailable',
          message: 'Deployment has minimum availability.',
        }
      : {
          type: 'Available',
          status: 'False',
          reason: 'MinimumReplicasUnavailable',
          message: 'Deployment does not have minimum availability.',
        },
  )
}

function progress(deployment: Deployment, counts: Counts, sets: ReplicaSet[], now: Date): Condition[] {
  const before = conditionOf(deployment.status.conditions, 'Progressing')
  const newest = findNewReplicaSet(deployment, sets)
  const name = newest ? `ReplicaSet "${newest.metadata.name}"` : `Deployment "${deployment.metadata.name}"`
  const write = (status: Condition['status'], reason: string, message: string) => [
    changed(deployment, now, { type: 'Progressing', status, reason, message }),
  ]
  if (deployment.spec.paused) {
    if (before?.reason === 'DeploymentPaused') return [before]
    return write('Unknown', 'DeploymentPaused', 'Deployment is paused')
  }
  const { replicas } = deployment.spec
  const isDone =
    counts.updatedReplicas === replicas &&
    counts.replicas === replicas &&
    counts.availableReplicas === replicas
  if (isDone) {
    if (before?.reason === 'NewReplicaSetAvailable' && before.message?.startsWith(name)) return [before]
    return write('True', 'NewReplicaSetAvailable', `${name} has successfully progressed.`)
  }
  if (isNewRollout(before, newest)) return [restarted(deployment, now, `${name} is progressing.`, newest)]
  if (hasProgressed(deployment.status, counts))
    return [restarted(deployment, now, `${name} is progressing.`, newest, 'ReplicaSetUpdated')]
  if (!before)
    return write('True', 'NewReplicaSetCreated', `Created new replica set "${newest?.metadata.name ?? ''}"`)
  // A complete rollout does not time out when pods are lost later. Source: deployment util DeploymentTimedOut.
  if (before.reason === 'NewReplicaSetAvailable' || before.reason === 'ProgressDeadlineExceeded')
    return [before]
  if (msUntilDeadline(deployment, before, now) <= 0)
    return write('False', 'ProgressDeadlineExceeded', `${name} has timed out progressing.`)
  return [before]
}

function isNewRollout(before: Condition | undefined, newest: ReplicaSet | undefined): boolean {
  if (before?.reason === 'DeploymentPaused') return true
  return (
    before !== undefined && newest !== undefined && !before.message?.includes(`"${newest.metadata.name}"`)
  )
}

function hasProgressed(status: DeploymentStatus, counts: Counts): boolean {
  const oldReplicas = (total: number, updated: number) => total - updated
  return (
    counts.updatedReplicas > (status.updatedReplicas ?? 0) ||
    counts.readyReplicas > (status.readyReplicas ?? 0) ||
    counts.availableReplicas > (status.availableReplicas ?? 0) ||
    oldReplicas(counts.replicas, counts.updatedReplicas) <
      oldReplicas(status.replicas ?? 0, status.updatedReplicas ?? 0)
  )
}

// Progress restarts the deadline even if status and reason are unchanged.
function restarted(
  deployment: Deployment,
  now: Date,
  message: string,
  newest: ReplicaSet | undefined,
  reason = 'ReplicaSetUpdated',
): Condition {
  const next = changed(deployment, now, {
    type: 'Progressing',
    status: 'True',
    reason: newest ? reason : 'NewReplicaSetCreated',
    message,
  })
  return { ...next, lastUpdateTime: toTime(now) }
}

function changed({ status }: Deployment, now: Date, condition: Condition): Condition {
  const before = conditionOf(status.conditions, condition.type)
  if (
    before &&
    before.status === condition.status &&
    before.reason === condition.reason &&
    before.message === condition.message
  )
    return before
  const time = toTime(now)
  return {
    ...condition,
    lastUpdateTime: time,
    lastTransitionTime: before?.status === condition.status ? before.lastTransitionTime : time,
  }
}

function msUntilDeadline({ spec }: Deployment, { lastUpdateTime }: Condition, now: Date): number {
  return Date.parse(lastUpdateTime ?? '') + spec.progressDeadlineSeconds * 1000 - now.getTime()
}

function failure({ status }: Deployment, sets: ReplicaSet[]): Condition[] {
  const failed = sets
    .map(set => conditionOf(set.status.conditions, 'ReplicaFailure'))
    .find(condition => condition?.status === 'True')
  if (!failed) return []
  const before = conditionOf(status.conditions, 'ReplicaFailure')
  return [
    before && before.message === failed.message
      ? before
      : { ...failed, lastUpdateTime: failed.lastTransitionTime },
  ]
}
