import type { KubeObject } from '../resources/kube-object.ts'
import type { ResourceKind } from '../resources/resource-kind.ts'
import type { View } from '../resources/views.ts'
import type { Change } from '../store/store.ts'
import type { Cluster } from './cluster.ts'

/** The cluster as somebody sees it who asks for another version of a stored kind. */
export function viewCluster(cluster: Cluster, { kind, storedAs, toView, toStored }: View): Cluster {
  const seen = (object: KubeObject): KubeObject => ({ ...toView(object), kind: kind.kind })
  const stored = (object: KubeObject): KubeObject => ({ ...toStored(object), kind: storedAs.kind })
  const view = {
    ...cluster,
    get: (_: ResourceKind, namespace: string | undefined, name: string) =>
      seen(cluster.get(storedAs, namespace, name)),
    find: (_: ResourceKind, namespace: string | undefined, name: string) => {
      const object = cluster.find(storedAs, namespace, name)
      return object && seen(object)
    },
    list: (_: ResourceKind, namespace?: string) => cluster.list(storedAs, namespace).map(seen),
    create: (_: ResourceKind, object: KubeObject, options = {}) =>
      seen(cluster.create(storedAs, stored(object), options)),
    update: (_: ResourceKind, object: KubeObject, options = {}) =>
      seen(cluster.update(storedAs, stored(object), options)),
    remove: (_: ResourceKind, namespace: string | undefined, name: string, options = {}) => {
      const { object, isGone } = cluster.remove(storedAs, namespace, name, options)
      return { object: seen(object), isGone }
    },
    store: {
      ...cluster.store,
      watch: (_: ResourceKind, since: number, listener: (change: Change) => void) =>
        cluster.store.watch(storedAs, since, change =>
          listener({
            ...change,
            object: seen(change.object),
            ...(change.previous ? { previous: seen(change.previous) } : {}),
          }),
        ),
    },
  }
  return view as Cluster
}
