import type { PodTemplate } from '../../core/pods/pod-spec.ts'
import type { Condition, LabelSelector } from '../../meta/kube-object.ts'
import type { Workload } from '../workload.ts'

export type ClaimTemplate = {
  metadata: { name: string; labels?: Record<string, string> }
  spec: Record<string, unknown>
}

export type StatefulSet = Workload & {
  spec: {
    replicas: number
    serviceName?: string
    selector: LabelSelector
    template: PodTemplate
    podManagementPolicy: string
    updateStrategy: { type: string; rollingUpdate?: { partition?: number } }
    revisionHistoryLimit: number
    minReadySeconds?: number
    volumeClaimTemplates?: ClaimTemplate[]
    persistentVolumeClaimRetentionPolicy?: Record<string, string>
  }
  status: {
    replicas: number
    readyReplicas?: number
    availableReplicas?: number
    currentReplicas?: number
    updatedReplicas?: number
    currentRevision?: string
    updateRevision?: string
    observedGeneration?: number
    collisionCount?: number
    conditions?: Condition[]
  }
}
