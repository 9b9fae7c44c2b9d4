import type { KubeObject, OwnerReference } from '../meta/kube-object.ts'
import { apiVersionOf, type ResourceKind } from '../meta/resource-kind.ts'
import type { Cluster } from '../registry/cluster.ts'
import { StatusError } from '../registry/status-error.ts'
import type { Context, Running } from './controller.ts'
import { createWorkQueue } from './work-queue.ts'

type Tracked = { kind: ResourceKind; object: KubeObject }

/**
 * Deletes objects whose owners no longer exist, and processes the finalizers `foregroundDeletion` and `orphan` of
 * owners that are being deleted. It tracks dependents by the uid of their owner.
 */
export function runGarbageCollector({ cluster, log }: Context): Running {
  const tracked = new Map<string, Tracked>()
  const dependents = new Map<string, Set<string>>()
  const queue = createWorkQueue({
    name: 'garbage-collector',
    log,
    reconcile: uid => reconcile(cluster, tracked, dependents, uid),
  })

  const stops = cluster.kinds
    .filter(kind => kind.kind !== 'Event')
    .map(kind =>
      cluster.observe(kind, ({ type, object, previous }) => {
        const { uid } = object.metadata
        for (const owner of previous?.metadata.ownerReferences ?? []) dependents.get(owner.uid)?.delete(uid)
        if (type === 'DELETED') {
          tracked.delete(uid)
          for (const dependent of dependents.get(uid) ?? []) queue.add(dependent)
          dependents.delete(uid)
        } else {
          tracked.set(uid, { kind, object })
          for (const owner of object.metadata.ownerReferences ?? []) {
            const set = dependents.get(owner.uid) ?? new Set()
            dependents.set(owner.uid, set.add(uid))
          }
          queue.add(uid)
        }
        for (const owner of object.metadata.ownerReferences ?? [])
          if (tracked.get(owner.uid)?.object.metadata.deletionTimestamp) queue.add(owner.uid)
      }),
    )
  return {
    stop() {
      for (const stop of stops) stop()
      queue.stop()
    },
  }
}

function reconcile(
  cluster: Cluster,
  tracked: Map<string, Tracked>,
  dependents: Map<string, Set<string>>,
  uid: string,
) {
  const entry = tracked.get(uid)
  if (!entry) return
  const { kind, object } = entry
  const { deletionTimestamp, finalizers = [], ownerReferences = [] } = object.metadata
  const children = [...(dependents.get(uid) ?? [])].flatMap(dependent => tracked.get(dependent) ?? [])
  if (deletionTimestamp && finalizers.includes('orphan')) {
    for (const child of children) dropOwner(cluster, child, uid)
    return dropFinalizer(cluster, kind, object, 'orphan')
  }
  if (deletionTimestamp && finalizers.includes('foregroundDeletion'))
    return deleteInForeground(cluster, entry, children)
  if (deletionTimestamp || ownerReferences.length === 0) return
  collectGarbage(cluster, kind, object, ownerReferences)
}

function collectGarbage(cluster: Cluster, kind: ResourceKind, object: KubeObject, owners: OwnerReference[]) {
  const { namespace, name, uid } = object.metadata
  const states = owners.map(owner => ({ owner, state: stateOf(cluster, owner, namespace) }))
  const gone = states.filter(({ state }) => state === 'gone')
  const solid = states.filter(({ state }) => state === 'present')
  if (gone.length === 0 && solid.length > 0) return
  if (solid.length > 0) {
    const left = new Set(gone.map(({ owner }) => owner.uid))
    return ignoreMissing(() => {
      cluster.mutate(kind, object, draft => {
        draft.metadata.ownerReferences = draft.metadata.ownerReferences?.filter(
          reference => !left.has(reference.uid),
        )
      })
    })
  }
  const isOwnerWaiting = states.some(({ state }) => state === 'waiting')
  ignoreMissing(() => {
    cluster.remove(kind, namespace, name, {
      propagationPolicy: isOwnerWaiting && kind.kind !== 'Pod' ? 'Foreground' : 'Background',
      preconditions: { uid },
    })
  })
}

// `waiting`: the owner is being deleted in the foreground and waits for its dependents.
function stateOf(
  cluster: Cluster,
  owner: OwnerReference,
  namespace: string | undefined,
): 'present' | 'gone' | 'waiting' {
  const kind = cluster.kinds.find(
    candidate => candidate.kind === owner.kind && apiVersionOf(candidate) === owner.apiVersion,
  )
  // Owners of kinds that are not stored here cannot be checked; their dependents are not deleted.
  if (!kind) return 'present'
  const object = cluster.find(kind, kind.isNamespaced ? namespace : undefined, owner.name)
  if (!object || object.metadata.uid !== owner.uid) return 'gone'
  const { deletionTimestamp, finalizers = [] } = object.metadata
  return deletionTimestamp && finalizers.includes('foregroundDeletion') ? 'waiting' : 'present'
}

function deleteInForeground(cluster: Cluster, { kind, object }: Tracked, children: Tracked[]) {
  const { uid } = object.metadata
  for (const child of children) {
    const { deletionTimestamp, ownerReferences = [] } = child.object.metadata
    if (!deletionTimestamp) collectGarbage(cluster, child.kind, child.object, ownerReferences)
  }
  const isBlocked = children.some(({ object: child }) =>
    child.metadata.ownerReferences?.some(reference => reference.uid === uid && reference.blockOwnerDeletion),
  )
  const remaining =
    isBlocked &&
    children.some(child =>
      cluster.find(child.kind, child.object.metadata.namespace, child.object.metadata.name),
    )
  if (!remaining) dropFinalizer(cluster, kind, object, 'foregroundDeletion')
}

function dropOwner(cluster: Cluster, { kind, object }: Tracked, uid: string) {
  ignoreMissing(() => {
    cluster.mutate(kind, object, draft => {
      draft.metadata.ownerReferences = draft.metadata.ownerReferences?.filter(
        reference => reference.uid !== uid,
      )
    })
  })
}

function dropFinalizer(cluster: Cluster, kind: ResourceKind, object: KubeObject, finalizer: string) {
  ignoreMissing(() => {
    cluster.mutate(kind, object, draft => {
      draft.metadata.finalizers = draft.metadata.finalizers?.filter(dependent => dependent !== finalizer)
    })
  })
}

// Another client has already deleted or changed it: nothing is left to do.
function ignoreMissing(work: () => void) {
  try {
    work()
  } catch (error) {
    if (!(error instanceof StatusError) || (error.code !== 404 && error.code !== 409)) throw error
  }
}
