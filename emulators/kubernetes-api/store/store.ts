import type { KubeObject } from '../meta/kube-object.ts'
import type { ResourceKind } from '../meta/resource-kind.ts'

export type Change<T extends KubeObject = KubeObject> = {
  type: 'ADDED' | 'MODIFIED' | 'DELETED'
  revision: number
  object: T
  /** The object before the change; missing for ADDED. */
  previous?: T
}
type Listener<T extends KubeObject> = (change: Change<T>) => void
type Bucket = {
  objects: Map<string, KubeObject>
  history: Change[]
  /** Changes up to this revision are no longer available. */
  compactedUpTo: number
  listeners: Set<Listener<KubeObject>>
}

/** Thrown by `watch` if the changes since a revision are no longer available. */
export class RevisionGone extends Error {
  override readonly name = 'RevisionGone'
}

/**
 * Stores the objects of the cluster in memory, with one revision counter and a limited history for each kind, as etcd
 * does for an API server. It applies no rules: those are in registry/. Revisions start at `firstRevision`, so that a
 * client of an earlier store has to list again.
 */
export function createStore({
  firstRevision,
  historyLength = 5_000,
}: {
  firstRevision: number
  historyLength?: number
}) {
  const buckets = new Map<string, Bucket>()
  let revision = firstRevision

  function bucketOf(kind: ResourceKind): Bucket {
    const id = `${kind.group}/${kind.plural}`
    let bucket = buckets.get(id)
    if (!bucket) {
      bucket = { objects: new Map(), history: [], compactedUpTo: firstRevision - 1, listeners: new Set() }
      buckets.set(id, bucket)
    }
    return bucket
  }

  function notify(bucket: Bucket, change: Change) {
    bucket.history.push(change)
    if (bucket.history.length > historyLength * 1.25) {
      const dropped = bucket.history.splice(0, bucket.history.length - historyLength)
      bucket.compactedUpTo = dropped.at(-1)?.revision ?? bucket.compactedUpTo
    }
    for (const listener of [...bucket.listeners]) listener(change)
  }

  return {
    revision: () => revision,

    get<T extends KubeObject>(
      kind: ResourceKind<T>,
      namespace: string | undefined,
      name: string,
    ): T | undefined {
      return bucketOf(kind).objects.get(keyOf(namespace, name)) as T | undefined
    },

    /** Returns all objects of a kind, or of one namespace, in no particular order. */
    list<T extends KubeObject>(kind: ResourceKind<T>, namespace?: string): T[] {
      const all = [...bucketOf(kind).objects.values()] as T[]
      return namespace ? all.filter(object => object.metadata.namespace === namespace) : all
    },

    /** Stores an object, new or changed, under the next revision, and returns it as stored. */
    put<T extends KubeObject>(kind: ResourceKind<T>, object: T): T {
      const bucket = bucketOf(kind)
      const key = keyOf(object.metadata.namespace, object.metadata.name)
      const previous = bucket.objects.get(key)
      revision++
      const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } }
      bucket.objects.set(key, stored)
      notify(
        bucket,
        previous
          ? { type: 'MODIFIED', revision, object: stored, previous }
          : { type: 'ADDED', revision, object: stored },
      )
      return stored
    },

    /** Removes an object; returns its last state under the revision of the removal. */
    remove<T extends KubeObject>(kind: ResourceKind<T>, object: T): T {
      const bucket = bucketOf(kind)
      const key = keyOf(object.metadata.namespace, object.metadata.name)
      const previous = bucket.objects.get(key)
      if (!previous) return object
      revision++
      const last = { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } }
      bucket.objects.delete(key)
      notify(bucket, { type: 'DELETED', revision, object: last, previous })
      return last
    },

    /** Reports every change after `since`, then future ones. Returns a function that stops. Throws RevisionGone. */
    watch<T extends KubeObject>(kind: ResourceKind<T>, since: number, listener: Listener<T>): () => void {
      const bucket = bucketOf(kind)
      if (since < bucket.compactedUpTo || since > revision)
        throw new RevisionGone(`too old resource version: ${since} (${bucket.compactedUpTo + 1})`)
      const from = bucket.history.findIndex(change => change.revision > since)
      if (from >= 0) for (const change of bucket.history.slice(from)) listener(change as Change<T>)
      bucket.listeners.add(listener as Listener<KubeObject>)
      return () => bucket.listeners.delete(listener as Listener<KubeObject>)
    },
  }
}
export type Store = ReturnType<typeof createStore>

function keyOf(namespace: string | undefined, name: string): string {
  return `${namespace ?? ''}/${name}`
}
