import type { Health } from '../applications/application.ts'
import type { KubeObject } from '../cluster/kube-object.ts'

type Entry = {
  spec?: { type?: string }
  status?: { phase?: string; loadBalancer?: { ingress?: unknown[] } }
}

/** Assesses a Service: Progressing only if it is of type LoadBalancer and has no address yet. */
export function serviceHealth(object: KubeObject): Health {
  const isBalancer = (object as Entry).spec?.type === 'LoadBalancer'
  return { status: isBalancer && !hasAddress(object) ? 'Progressing' : 'Healthy' }
}

/** Assesses an Ingress: Progressing until a controller has published its address. */
export function ingressHealth(object: KubeObject): Health {
  return { status: hasAddress(object) ? 'Healthy' : 'Progressing' }
}

/** Assesses a PersistentVolumeClaim: Healthy when bound, Degraded when lost. */
export function claimHealth(object: KubeObject): Health {
  switch ((object as Entry).status?.phase) {
    case 'Bound':
      return { status: 'Healthy' }
    case 'Lost':
      return { status: 'Degraded' }
    case 'Pending':
      return { status: 'Progressing' }
    default:
      return { status: 'Unknown' }
  }
}

function hasAddress(object: KubeObject): boolean {
  return ((object as Entry).status?.loadBalancer?.ingress ?? []).length > 0
}
