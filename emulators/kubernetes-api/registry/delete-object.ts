import type { Pod } from '../core/pods/pod.ts'
import type { KubeObject } from '../meta/kube-object.ts'
import type { ResourceKind } from '../meta/resource-kind.ts'
import { toTime } from './clock.ts'
import { clone } from './clone.ts'
import type { Dependencies } from './dependencies.ts'
import { conflict, notFoundError } from './status-error.ts'

export type DeleteOptions = {
  gracePeriodSeconds?: number
  propagationPolicy?: string
  orphanDependents?: boolean
  preconditions?: { uid?: string; resourceVersion?: string }
  isDryRun?: boolean
}
export type Deletion = { object: KubeObject; isGone: boolean }

const FINALIZERS = { Foreground: 'foregroundDeletion', Orphan: 'orphan' } as const

/**
 * Deletes an object. It remains, with a deletionTimestamp, while a finalizer holds it, while the containers of a pod
 * have time to stop, and while a namespace has content.
 */
export function deleteObject(
  { store, now }: Dependencies,
  kind: ResourceKind,
  namespace: string | undefined,
  name: string,
  options: DeleteOptions,
): Deletion {
  const object = store.get(kind, namespace, name)
  if (!object) throw notFoundError(kind, name)
  checkPreconditions(kind, object, options)
  const grace = graceSecondsOf(kind, object, options.gracePeriodSeconds)
  const finalizers = finalizersOf(kind, object, options)
  const isHeld = finalizers.length > 0 || grace > 0 || hasNamespaceFinalizer(kind, object)
  if (!isHeld) {
    const last = options.isDryRun ? object : store.remove(kind, object)
    return { object: last, isGone: true }
  }
  const marked = clone(markedForDeletion(kind, object, grace, finalizers, now()))
  const isUnchanged = JSON.stringify(marked) === JSON.stringify(object)
  return { object: options.isDryRun || isUnchanged ? marked : store.put(kind, marked), isGone: false }
}

function checkPreconditions(
  kind: ResourceKind,
  { metadata }: KubeObject,
  { preconditions = {} }: DeleteOptions,
) {
  const { uid, resourceVersion } = preconditions
  if (uid && uid !== metadata.uid)
    throw conflict(
      kind,
      metadata.name,
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${metadata.uid}`,
    )
  if (resourceVersion && resourceVersion !== metadata.resourceVersion)
    throw conflict(
      kind,
      metadata.name,
      `Precondition failed: ResourceVersion in precondition: ${resourceVersion}, ResourceVersion in object meta: ${metadata.resourceVersion}`,
    )
}

// Only pods terminate gracefully, and only those that a kubelet may be running.
function graceSecondsOf(kind: ResourceKind, object: KubeObject, requested: number | undefined): number {
  if (kind.kind !== 'Pod') return 0
  const { spec, status } = object as Pod
  if (!spec.nodeName || status.phase === 'Succeeded' || status.phase === 'Failed') return 0
  return Math.max(0, requested ?? spec.terminationGracePeriodSeconds ?? 30)
}

function finalizersOf(kind: ResourceKind, { metadata }: KubeObject, options: DeleteOptions): string[] {
  const present = metadata.finalizers ?? []
  const policy = policyOf(kind, present, options)
  const others = present.filter(
    finalizer => finalizer !== FINALIZERS.Foreground && finalizer !== FINALIZERS.Orphan,
  )
  return policy === 'Foreground' || policy === 'Orphan' ? [...others, FINALIZERS[policy]] : others
}

function policyOf(
  kind: ResourceKind,
  present: string[],
  { propagationPolicy, orphanDependents }: DeleteOptions,
): string {
  if (propagationPolicy) return propagationPolicy
  if (orphanDependents !== undefined) return orphanDependents ? 'Orphan' : 'Background'
  if (present.includes(FINALIZERS.Foreground)) return 'Foreground'
  if (present.includes(FINALIZERS.Orphan)) return 'Orphan'
  return kind.defaultPropagation ?? 'Background'
}

function hasNamespaceFinalizer(kind: ResourceKind, object: KubeObject): boolean {
  return kind.kind === 'Namespace' && ((object.spec as { finalizers?: string[] }).finalizers ?? []).length > 0
}

function markedForDeletion(
  kind: ResourceKind,
  object: KubeObject,
  grace: number,
  finalizers: string[],
  now: Date,
): KubeObject {
  const { metadata } = object
  const isFirst = !metadata.deletionTimestamp
  const isSooner = grace < (metadata.deletionGracePeriodSeconds ?? Number.POSITIVE_INFINITY)
  const marks =
    isFirst || isSooner
      ? {
          deletionTimestamp: toTime(new Date(now.getTime() + grace * 1000)),
          deletionGracePeriodSeconds: grace,
        }
      : {}
  const generation = kind.hasGeneration && isFirst ? { generation: (metadata.generation ?? 0) + 1 } : {}
  const status = kind.kind === 'Namespace' ? { status: { phase: 'Terminating' } } : {}
  return {
    ...object,
    metadata: {
      ...metadata,
      ...marks,
      ...generation,
      finalizers: finalizers.length > 0 ? finalizers : undefined,
    },
    ...status,
  }
}
