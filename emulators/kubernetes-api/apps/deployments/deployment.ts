import type { PodTemplate } from '../../core/pods/pod-spec.ts'
import type { Condition, LabelSelector } from '../../meta/kube-object.ts'
import type { Workload } from '../workload.ts'

export type DeploymentSpec = {
  replicas: number
  selector: LabelSelector
  template: PodTemplate
  strategy: { type: string; rollingUpdate?: { maxSurge: number | string; maxUnavailable: number | string } }
  minReadySeconds?: number
  revisionHistoryLimit: number
  progressDeadlineSeconds: number
  paused?: boolean
  [field: string]: unknown
}

export type DeploymentStatus = {
  observedGeneration?: number
  replicas?: number
  updatedReplicas?: number
  readyReplicas?: number
  availableReplicas?: number
  unavailableReplicas?: number
  collisionCount?: number
  conditions?: Condition[]
}

export type Deployment = Workload & { spec: DeploymentSpec; status: DeploymentStatus }
