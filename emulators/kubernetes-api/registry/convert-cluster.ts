import type { KubeObject } from '../meta/kube-object.ts'
import type { ResourceKind } from '../meta/resource-kind.ts'
import type { VersionConversion } from '../meta/version-conversion.ts'
import type { Change } from '../store/store.ts'
import type { Cluster } from './cluster.ts'

/** Wraps the cluster for clients that use a version of a kind other than the storage version. */
export function convertCluster(cluster: Cluster, conversion: VersionConversion): Cluster {
  const { kind, storageKind } = conversion
  const fromStorage = (object: KubeObject): KubeObject => ({
    ...conversion.fromStorage(object),
    kind: kind.kind,
  })
  const toStorage = (object: KubeObject): KubeObject => ({
    ...conversion.toStorage(object),
    kind: storageKind.kind,
  })
  const converted = {
    ...cluster,
    get: (_: ResourceKind, namespace: string | undefined, name: string) =>
      fromStorage(cluster.get(storageKind, namespace, name)),
    find: (_: ResourceKind, namespace: string | undefined, name: string) => {
      const object = cluster.find(storageKind, namespace, name)
      return object && fromStorage(object)
    },
    list: (_: ResourceKind, namespace?: string) => cluster.list(storageKind, namespace).map(fromStorage),
    create: (_: ResourceKind, object: KubeObject, options = {}) =>
      fromStorage(cluster.create(storageKind, toStorage(object), options)),
    update: (_: ResourceKind, object: KubeObject, options = {}) =>
      fromStorage(cluster.update(storageKind, toStorage(object), options)),
    remove: (_: ResourceKind, namespace: string | undefined, name: string, options = {}) => {
      const { object, isGone } = cluster.remove(storageKind, namespace, name, options)
      return { object: fromStorage(object), isGone }
    },
    store: {
      ...cluster.store,
      watch: (_: ResourceKind, since: number, listener: (change: Change) => void) =>
        cluster.store.watch(storageKind, since, change =>
          listener({
            ...change,
            object: fromStorage(change.object),
            ...(change.previous ? { previous: fromStorage(change.previous) } : {}),
          }),
        ),
    },
  }
  return converted as Cluster
}
