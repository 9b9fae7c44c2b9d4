import { isRecord } from '@goalixa/chassis/is-record'
import type { KubernetesObject } from './kubernetes-object.ts'
import { REVISION } from './replica-sets-of.ts'

const HEALTHY_PODS_OF_OWNER = 4
const REVISIONS_OF_OWNER = 3

/**
 * The pods and ReplicaSets that matter, where a server that ignores limits has sent too many: what is named, what is not ready, and of each
 * owner a few healthy pods and the latest revisions.
 */
export function thinOut(objects: readonly KubernetesObject[], about: readonly string[]): KubernetesObject[] {
  const byOwner = Map.groupBy(objects, ({ metadata }) => metadata.ownerReferences?.[0]?.uid ?? metadata.name)
  const kept = new Set([...byOwner.values()].flatMap(keepOfOwner))
  return objects.filter(object => kept.has(object) || about.includes(object.metadata.name))
}

function keepOfOwner(objects: KubernetesObject[]): KubernetesObject[] {
  const pods = objects.filter(({ kind }) => kind === 'Pod')
  const failing = pods.filter(pod => !isHealthy(pod))
  const healthy = pods.filter(isHealthy).slice(0, HEALTHY_PODS_OF_OWNER)
  const revisions = objects
    .filter(({ kind }) => kind === 'ReplicaSet')
    .toSorted((a, b) => revisionOf(b) - revisionOf(a))
    .slice(0, REVISIONS_OF_OWNER)
  return [
    ...failing,
    ...healthy,
    ...revisions,
    ...objects.filter(({ kind }) => kind !== 'Pod' && kind !== 'ReplicaSet'),
  ]
}

function isHealthy({ status }: KubernetesObject): boolean {
  if (!isRecord(status)) return false
  const conditions = Array.isArray(status.conditions) ? status.conditions : []
  const isReady = conditions.some(
    condition => isRecord(condition) && condition.type === 'Ready' && condition.status === 'True',
  )
  return isReady || status.phase === 'Succeeded'
}

function revisionOf({ metadata }: KubernetesObject): number {
  return Number(metadata.annotations?.[REVISION] ?? 0)
}
