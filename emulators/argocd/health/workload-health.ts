import type { Health } from '../applications/application.ts'
import type { KubeObject } from '../cluster/kube-object.ts'

type Condition = { type: string; status: string; reason?: string; message?: string }
type Workload = {
  metadata: { generation?: number }
  spec?: { replicas?: number; paused?: boolean; updateStrategy?: { type?: string } }
  status?: {
    observedGeneration?: number
    replicas?: number
    readyReplicas?: number
    updatedReplicas?: number
    availableReplicas?: number
    currentRevision?: string
    updateRevision?: string
    desiredNumberScheduled?: number
    updatedNumberScheduled?: number
    numberAvailable?: number
    conditions?: Condition[]
  }
}

/** Assesses a Deployment: Degraded past its progress deadline, Progressing until every new replica is available. */
export function deploymentHealth(object: KubeObject): Health {
  const { spec, status } = object as Workload
  if (spec?.paused) return { status: 'Suspended', message: 'Deployment is paused' }
  if (!isObserved(object as Workload))
    return waiting('observed deployment generation less than desired generation')
  const late = status?.conditions?.find(
    ({ type, reason }) => type === 'Progressing' && reason === 'ProgressDeadlineExceeded',
  )
  if (late)
    return {
      status: 'Degraded',
      message: `Deployment "${object.metadata.name}" exceeded its progress deadline`,
    }
  const [wanted, total, updated, available] = [
    spec?.replicas ?? 1,
    status?.replicas ?? 0,
    status?.updatedReplicas ?? 0,
    status?.availableReplicas ?? 0,
  ]
  if (updated < wanted) return waiting(`${updated} out of ${wanted} new replicas have been updated...`)
  if (total > updated) return waiting(`${total - updated} old replicas are pending termination...`)
  if (available < updated) return waiting(`${available} of ${updated} updated replicas are available...`)
  return { status: 'Healthy' }
}

/** Assesses a StatefulSet: Progressing until every pod is ready and of the newest revision. */
export function statefulSetHealth(object: KubeObject): Health {
  const { spec, status } = object as Workload
  if (!isObserved(object as Workload) || status?.observedGeneration === 0)
    return { status: 'Progressing', message: 'Waiting for statefulset spec update to be observed...' }
  const [wanted, ready] = [spec?.replicas ?? 1, status?.readyReplicas ?? 0]
  if (ready < wanted)
    return { status: 'Progressing', message: `Waiting for ${wanted - ready} pods to be ready...` }
  if (spec?.updateStrategy?.type === 'OnDelete')
    return { status: 'Healthy', message: `statefulset has ${ready} ready pods` }
  if (status?.updateRevision !== status?.currentRevision)
    return waiting(
      `statefulset rolling update: ${status?.updatedReplicas ?? 0} pods at revision ${status?.updateRevision}...`,
    )
  return {
    status: 'Healthy',
    message: `statefulset rolling update complete ${ready} pods at revision ${status?.currentRevision}...`,
  }
}

/** Assesses a DaemonSet: Progressing until every node runs the newest pod. */
export function daemonSetHealth(object: KubeObject): Health {
  const { spec, status } = object as Workload
  if (!isObserved(object as Workload))
    return waiting('observed daemon set generation less than desired generation')
  if (spec?.updateStrategy?.type === 'OnDelete') return { status: 'Healthy' }
  const wanted = status?.desiredNumberScheduled ?? 0
  const [updated, available] = [status?.updatedNumberScheduled ?? 0, status?.numberAvailable ?? 0]
  if (updated < wanted) return waiting(`${updated} out of ${wanted} new pods have been updated...`)
  if (available < wanted) return waiting(`${available} of ${wanted} updated pods are available...`)
  return { status: 'Healthy' }
}

/** Assesses a ReplicaSet: Degraded if it cannot create its pods. */
export function replicaSetHealth(object: KubeObject): Health {
  const { spec, status } = object as Workload
  if (!isObserved(object as Workload))
    return waiting('observed replica set generation less than desired generation')
  const failure = status?.conditions?.find(
    ({ type, status: is }) => type === 'ReplicaFailure' && is === 'True',
  )
  if (failure) return { status: 'Degraded', message: failure.message ?? '' }
  const [wanted, available] = [spec?.replicas ?? 1, status?.availableReplicas ?? 0]
  return available < wanted
    ? waiting(`${available} out of ${wanted} new replicas are available...`)
    : { status: 'Healthy' }
}

function isObserved({ metadata, status }: Workload): boolean {
  return (metadata.generation ?? 0) <= (status?.observedGeneration ?? 0)
}

function waiting(what: string): Health {
  return { status: 'Progressing', message: `Waiting for rollout to finish: ${what}` }
}
