import type { Workload } from '../../apps/workload.ts'
import type { PodTemplate } from '../../core/pods/pod-spec.ts'
import type { Condition, LabelSelector } from '../../meta/kube-object.ts'

export type JobSpec = {
  parallelism?: number
  completions?: number
  backoffLimit?: number
  activeDeadlineSeconds?: number
  ttlSecondsAfterFinished?: number
  completionMode?: string
  suspend?: boolean
  manualSelector?: boolean
  selector: LabelSelector
  template: PodTemplate
  [field: string]: unknown
}

export type Job = Workload & {
  spec: JobSpec
  status: {
    active?: number
    ready?: number
    succeeded?: number
    failed?: number
    startTime?: string
    completionTime?: string
    completedIndexes?: string
    conditions?: Condition[]
  }
}
