import { setTemplateDefaults } from '../../apps/workload.ts'
import { columnsOf, formatAge } from '../../meta/columns.ts'
import { invalid, required } from '../../meta/field-error.ts'
import type { KubeObject, ObjectReference } from '../../meta/kube-object.ts'
import type { ResourceKind } from '../../meta/resource-kind.ts'
import type { JobSpec } from '../jobs/job.ts'
import { validateJobSpec } from '../jobs/validate.ts'

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
      read: ({ status }, now) =>
        status.lastScheduleTime ? formatAge(status.lastScheduleTime, now) : '<none>',
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
    ...validateJobSpec('spec.jobTemplate.spec', spec?.jobTemplate?.spec),
  ],
}
