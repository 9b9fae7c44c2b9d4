import { isDeepStrictEqual } from 'node:util'
import { ageOf, columnsOf, humanDuration } from './columns.ts'
import { invalid, required } from './fault.ts'
import type { Condition, KubeObject, LabelSelector } from './kube-object.ts'
import type { PodTemplate } from './pod-spec.ts'
import type { Fault, ResourceKind } from './resource-kind.ts'
import type { ObjectReference } from './services.ts'
import { validatePodSpec } from './validate-pod-spec.ts'
import { setTemplateDefaults, templateColumns, type Workload } from './workload.ts'

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

export const jobs: ResourceKind<Job> = {
  group: 'batch',
  version: 'v1',
  kind: 'Job',
  plural: 'jobs',
  singular: 'job',
  categories: ['all'],
  isNamespaced: true,
  subresources: ['status'],
  hasGeneration: true,
  defaultPropagation: 'Orphan',
  model: 'V1Job',
  columns: columnsOf<Job>(
    [
      { name: 'Status', read: statusText },
      {
        name: 'Completions',
        read: ({ spec, status }) =>
          `${status.succeeded ?? 0}/${spec.completions ?? `1 of ${spec.parallelism}`}`,
      },
      { name: 'Duration', read: durationText },
    ],
    templateColumns(),
  ),
  fields: ({ status }) => ({ 'status.successful': String(status?.succeeded ?? 0) }),
  setDefaults(job, previous) {
    const { spec } = job
    if (!spec) return
    if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1
    spec.parallelism ??= 1
    spec.backoffLimit ??= 6
    spec.completionMode ??= 'NonIndexed'
    spec.suspend ??= false
    setTemplateDefaults(spec.template)
    if (previous) return
    job.status = {}
    if (!spec.manualSelector && spec.template) selectByUid(job)
  },
  validate: (job, previous) => [
    ...jobSpecFaults('spec', job.spec),
    ...(previous && job.spec ? immutableFaults(job.spec, previous.spec) : []),
  ],
}

function immutableFaults(spec: JobSpec, before: JobSpec): Fault[] {
  const fixed = ['template', 'selector', 'completionMode', 'backoffLimitPerIndex', 'podFailurePolicy']
  // An indexed job may grow and shrink if both numbers go together.
  const isElastic = spec.completionMode === 'Indexed' && spec.completions === spec.parallelism
  return [...fixed, ...(isElastic ? [] : ['completions'])]
    .filter(field => !isDeepStrictEqual(spec[field], before[field]))
    .map(field => invalid(`spec.${field}`, spec[field], 'field is immutable'))
}

function selectByUid({ metadata, spec }: Job) {
  const label = { 'batch.kubernetes.io/controller-uid': metadata.uid }
  const name = { 'batch.kubernetes.io/job-name': metadata.name, 'job-name': metadata.name }
  spec.selector = { matchLabels: label }
  spec.template.metadata = {
    ...spec.template.metadata,
    labels: { ...spec.template.metadata?.labels, ...label, ...name },
  }
}

/** Faults of a job's spec at `path`. A job's pods may not restart for ever. */
export function jobSpecFaults(path: string, spec: JobSpec | undefined): Fault[] {
  if (!spec?.template) return [required(`${path}.template`)]
  const given = spec.template.spec?.restartPolicy
  const faults = validatePodSpec(`${path}.template.spec`, { ...spec.template.spec, restartPolicy: 'Never' })
  if (given !== 'OnFailure' && given !== 'Never')
    faults.push(required(`${path}.template.spec.restartPolicy`, 'valid values: "OnFailure", "Never"'))
  if (spec.completionMode === 'Indexed' && spec.completions === undefined)
    faults.push(required(`${path}.completions`, 'when completion mode is Indexed'))
  return faults
}

/** Whether a job has come to an end, and how. */
export function endOf(job: Job): 'Complete' | 'Failed' | undefined {
  const end = job.status.conditions?.find(
    one => (one.type === 'Complete' || one.type === 'Failed') && one.status === 'True',
  )
  return end?.type as 'Complete' | 'Failed' | undefined
}

function statusText(job: Job): string {
  if (job.metadata.deletionTimestamp) return 'Terminating'
  return endOf(job) ?? (job.spec.suspend ? 'Suspended' : 'Running')
}

function durationText({ status }: Job, now: Date): string {
  if (!status.startTime) return ''
  if (!status.completionTime) return ageOf(status.startTime, now)
  return humanDuration(Math.floor((Date.parse(status.completionTime) - Date.parse(status.startTime)) / 1000))
}

export type CronJob = KubeObject & {
  spec: {
    schedule: string
    timeZone?: string
    startingDeadlineSeconds?: number
    concurrencyPolicy: string
    suspend: boolean
    successfulJobsHistoryLimit: number
    failedJobsHistoryLimit: number
    jobTemplate: {
      metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> }
      spec: JobSpec
    }
  }
  status: { active?: ObjectReference[]; lastScheduleTime?: string; lastSuccessfulTime?: string }
}

export const cronJobs: ResourceKind<CronJob> = {
  group: 'batch',
  version: 'v1',
  kind: 'CronJob',
  plural: 'cronjobs',
  singular: 'cronjob',
  shortNames: ['cj'],
  categories: ['all'],
  isNamespaced: true,
  subresources: ['status'],
  hasGeneration: true,
  model: 'V1CronJob',
  columns: columnsOf([
    { name: 'Schedule', read: ({ spec }) => spec.schedule },
    { name: 'Timezone', read: ({ spec }) => spec.timeZone ?? '<none>' },
    { name: 'Suspend', read: ({ spec }) => (spec.suspend ? 'True' : 'False') },
    { name: 'Active', type: 'integer', read: ({ status }) => status.active?.length ?? 0 },
    {
      name: 'Last Schedule',
      read: ({ status }, now) => (status.lastScheduleTime ? ageOf(status.lastScheduleTime, now) : '<none>'),
    },
  ]),
  setDefaults(cron, previous) {
    if (!cron.spec) return
    cron.spec.concurrencyPolicy ??= 'Allow'
    cron.spec.suspend ??= false
    cron.spec.successfulJobsHistoryLimit ??= 3
    cron.spec.failedJobsHistoryLimit ??= 1
    setTemplateDefaults(cron.spec.jobTemplate?.spec?.template)
    if (!previous) cron.status = {}
  },
  validate: ({ spec }) => [
    ...(spec?.schedule ? [] : [required('spec.schedule')]),
    ...(spec?.schedule && spec.schedule.trim().split(/\s+/).length !== 5 && !spec.schedule.startsWith('@')
      ? [
          invalid(
            'spec.schedule',
            spec.schedule,
            `expected exactly 5 fields, found ${spec.schedule.trim().split(/\s+/).length}: [${spec.schedule}]`,
          ),
        ]
      : []),
    ...jobSpecFaults('spec.jobTemplate.spec', spec?.jobTemplate?.spec),
  ],
}
