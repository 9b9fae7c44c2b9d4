import { type Application, instanceName } from '../applications/application.ts'
import type { Cluster } from '../cluster/create-cluster.ts'
import { type KubeObject, keyOf, keyText } from '../cluster/kube-object.ts'
import { hooksOf, TRACKING_ID } from '../compare/annotations.ts'

/** Watches every kind that an application may manage, so that its objects are known. Unknown kinds are skipped. */
export async function watchKinds(
  cluster: Cluster,
  application: Application,
  targets: KubeObject[],
): Promise<void> {
  const namespace = application.spec.destination.namespace ?? 'default'
  const wanted = [
    ...targets.map(
      ({ apiVersion, kind, metadata }) => [apiVersion, kind, metadata.namespace ?? namespace] as const,
    ),
    ...(application.status.resources ?? []).map(
      ({ group, version, kind, namespace: own }) =>
        [group ? `${group}/${version}` : version, kind, own ?? namespace] as const,
    ),
    ['v1', 'Pod', namespace] as const,
    ['apps/v1', 'ReplicaSet', namespace] as const,
  ]
  const distinct = new Map(wanted.map(each => [each.join(' '), each]))
  await Promise.all([...distinct.values()].map(each => cluster.follow(...each).catch(() => {})))
}

/** Returns the live objects of an application: those with its tracking id, and those that its targets name. */
export function managedObjects(
  cluster: Cluster,
  { metadata }: Application,
  targets: KubeObject[],
): KubeObject[] {
  const wanted = new Set(targets.map(target => keyText(keyOf(target))))
  return cluster.list().filter(object => {
    const key = keyText(keyOf(object))
    if (wanted.has(key)) return true
    // Controllers copy annotations to their dependents; only the object that the id names is tracked.
    const isTracked = object.metadata.annotations?.[TRACKING_ID] === `${instanceName(metadata)}:${key}`
    return isTracked && hooksOf(object).length === 0
  })
}
