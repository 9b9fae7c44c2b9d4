import type { Application } from '../applications/application.ts'
import type { Cluster } from '../cluster/create-cluster.ts'
import { type KubeObject, keyOf, keyText } from '../cluster/kube-object.ts'
import { hooksOf, TRACKING_ID } from '../compare/annotations.ts'

/** Follows every kind an application has to do with, so that its objects are known. Unknown kinds are left out. */
export async function followKinds(
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

/** The live objects an application owns: those that bear its tracking id, and those its targets name. */
export function managedObjects(
  cluster: Cluster,
  { metadata }: Application,
  targets: KubeObject[],
): KubeObject[] {
  const wanted = new Set(targets.map(target => keyText(keyOf(target))))
  return cluster.list().filter(object => {
    const key = keyText(keyOf(object))
    if (wanted.has(key)) return true
    // Controllers copy annotations to what they make; only the object the id names is meant.
    const isTracked = object.metadata.annotations?.[TRACKING_ID] === `${metadata.name}:${key}`
    return isTracked && hooksOf(object).length === 0
  })
}
