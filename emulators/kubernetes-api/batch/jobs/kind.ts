import { setTemplateDefaults, templateColumns } from '../../apps/workload.ts'
import { columnsOf, formatAge, formatDuration } from '../../meta/columns.ts'
import type { ResourceKind } from '../../meta/resource-kind.ts'
import type { Job } from './job.ts'
import { validateJobSpec, validateJobUpdate } from './validate.ts'

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
    ...validateJobSpec('spec', job.spec),
    ...(previous && job.spec ? validateJobUpdate(job, previous) : []),
  ],
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

/** Returns whether a job has finished, and how. */
export function jobOutcome(job: Job): 'Complete' | 'Failed' | undefined {
  const end = job.status.conditions?.find(
    condition =>
      (condition.type === 'Complete' || condition.type === 'Failed') && condition.status === 'True',
  )
  return end?.type as 'Complete' | 'Failed' | undefined
}

function statusText(job: Job): string {
  if (job.metadata.deletionTimestamp) return 'Terminating'
  return jobOutcome(job) ?? (job.spec.suspend ? 'Suspended' : 'Running')
}

function durationText({ status }: Job, now: Date): string {
  if (!status.startTime) return ''
  if (!status.completionTime) return formatAge(status.startTime, now)
  return formatDuration(Math.floor((Date.parse(status.completionTime) - Date.parse(status.startTime)) / 1000))
}
