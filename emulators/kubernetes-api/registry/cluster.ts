import type { KubeObject, NewObject } from '../meta/kube-object.ts'
import type { ResourceKind } from '../meta/resource-kind.ts'
import type { Change } from '../store/store.ts'
import { clone } from './clone.ts'
import { createObject } from './create-object.ts'
import { type DeleteOptions, deleteObject } from './delete-object.ts'
import type { Dependencies, WriteOptions } from './dependencies.ts'
import { notFoundError } from './status-error.ts'
import { updateObject } from './update-object.ts'

/**
 * Implements the rules for writes on top of the store: defaults, validation, admission, generation, optimistic
 * concurrency and graceful deletion. The HTTP side and the controllers both write through it; every call throws
 * StatusError.
 */
export function createCluster(deps: Dependencies) {
  const { kinds, store, now } = deps

  function get<T extends KubeObject>(kind: ResourceKind<T>, namespace: string | undefined, name: string): T {
    const object = store.get(kind, namespace, name)
    if (!object) throw notFoundError(kind, name)
    return object
  }

  function update<T extends KubeObject>(kind: ResourceKind<T>, object: T, options: WriteOptions = {}): T {
    return updateObject(deps, kind as ResourceKind, object, options) as T
  }

  return {
    kinds,
    store,
    now,
    get,
    find: store.get,
    list: store.list,
    update,

    create<T extends KubeObject>(kind: ResourceKind<T>, object: NewObject<T>, options: WriteOptions = {}): T {
      return createObject(deps, kind as ResourceKind, object as NewObject, options) as T
    },

    /** Changes a copy of the stored object and writes it; a change without effect is not written. */
    mutate<T extends KubeObject>(
      kind: ResourceKind<T>,
      { metadata }: T,
      change: (draft: T) => void,
      options: WriteOptions = {},
    ): T {
      const draft = clone(get(kind, metadata.namespace, metadata.name))
      change(draft)
      return update(kind, draft, options)
    },

    /** Deletes, gracefully if the kind requires it. `isGone` is false while the object still exists. */
    remove<T extends KubeObject>(
      kind: ResourceKind<T>,
      namespace: string | undefined,
      name: string,
      options: DeleteOptions = {},
    ) {
      return deleteObject(deps, kind as ResourceKind, namespace, name, options)
    },

    /** Reports all objects as ADDED, then every change. Returns a function that stops. */
    observe<T extends KubeObject>(kind: ResourceKind<T>, listener: (change: Change<T>) => void): () => void {
      const revision = store.revision()
      for (const object of store.list(kind)) listener({ type: 'ADDED', revision, object })
      return store.watch(kind, revision, listener)
    },
  }
}
export type Cluster = ReturnType<typeof createCluster>
