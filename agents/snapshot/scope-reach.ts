import { isClusterScoped, Kind } from '@goalixa/tools/kubernetes/kinds'
import type { Scope } from './snapshot.ts'

/** Kinds without a namespace that Syntra does not read, but that alerts are about. */
const UNREAD_CLUSTER_KINDS = ['APIService', 'Target']

/** Whether a scope is about a node or the cluster as a whole, and not about anything in a namespace. An exporter's namespace on its alerts does not count. */
export function isAboutCluster({ namespace, service, object, alerts }: Scope): boolean {
  if (namespace !== null) return false
  if (object !== null) return isClusterKind(object.kind)
  return service === null && alerts.length > 0 && alerts.every(alert => !alert.labels.namespace)
}

function isClusterKind(kind: string): boolean {
  const known = Kind.safeParse(kind)
  return known.success ? isClusterScoped(known.data) : UNREAD_CLUSTER_KINDS.includes(kind)
}
