import {
  type Context,
  keyOf,
  on,
  parseKey,
  type Running,
  runController,
} from '../../controllers/controller.ts'
import { controllerReference, ownerKeys } from '../../controllers/owners.ts'
import type { WorkQueue } from '../../controllers/work-queue.ts'
import { apiVersionOf, type ResourceKind } from '../../meta/resource-kind.ts'
import { toTime } from '../../registry/clock.ts'
import type { Job } from '../jobs/job.ts'
import { jobOutcome, jobs } from '../jobs/kind.ts'
import { type CronJob, cronJobs } from './kind.ts'
import { nextTime } from './next-time.ts'

/** A schedule with more missed runs than this does not catch up. Source: CronJob limitations. */
const MAX_MISSED_RUNS = 100

/** Starts jobs on schedule and keeps the last few finished ones. */
export function runCronJobController(context: Context): Running {
  return runController({
    name: 'cronjob',
    context,
    interests: [
      on(cronJobs, cron => [keyOf(cron)]),
      on(jobs, job => ownerKeys(cronJobs as ResourceKind, job)),
    ],
    reconcile: (key, queue) => reconcile(context, key, queue),
  })
}

function reconcile(context: Context, key: string, queue: WorkQueue) {
  const { cluster, recordEvent } = context
  const { namespace, name } = parseKey(key)
  const cron = cluster.find(cronJobs, namespace, name)
  if (!cron || cron.metadata.deletionTimestamp) return
  const owned = cluster
    .list(jobs, namespace)
    .filter(job => job.metadata.ownerReferences?.some(reference => reference.uid === cron.metadata.uid))
  const now = cluster.now()
  const { schedule, timeZone, suspend } = cron.spec
  const next = nextTime(schedule, now, timeZone)
  let last = cron.status.lastScheduleTime
  if (next && !suspend) {
    const due = lastDue(cron, now)
    if (due) {
      start(
        context,
        cron,
        owned.filter(job => !jobOutcome(job)),
        due,
      )
      last = toTime(due)
    }
    queue.addAfter(key, next.getTime() - now.getTime() + 50)
  } else if (!next) recordEvent(cron, 'Warning', 'UnparseableSchedule', `unparseable schedule: "${schedule}"`)
  deleteFinishedJobs(context, cron, owned)
  writeStatus(context, cron, last)
}

function lastDue(cron: CronJob, now: Date): Date | undefined {
  const { schedule, timeZone, startingDeadlineSeconds } = cron.spec
  const since = Date.parse(cron.status.lastScheduleTime ?? cron.metadata.creationTimestamp)
  const earliest =
    startingDeadlineSeconds === undefined
      ? since
      : Math.max(since, now.getTime() - startingDeadlineSeconds * 1000)
  let due: Date | undefined
  let time = nextTime(schedule, new Date(earliest), timeZone)
  for (let count = 0; time && time <= now && count < MAX_MISSED_RUNS; count++) {
    due = time
    time = nextTime(schedule, time, timeZone)
  }
  return due
}

function start({ cluster, recordEvent }: Context, cron: CronJob, active: Job[], due: Date) {
  const { name, namespace } = cron.metadata
  if (active.length > 0 && cron.spec.concurrencyPolicy === 'Forbid') {
    recordEvent(
      cron,
      'Normal',
      'JobAlreadyActive',
      'Not starting job because prior execution is running and concurrency policy is Forbid',
    )
    return
  }
  if (cron.spec.concurrencyPolicy === 'Replace')
    for (const job of active)
      cluster.remove(jobs, namespace, job.metadata.name, { propagationPolicy: 'Background' })
  // The name contains the time, so that each scheduled time starts at most one job.
  const jobName = `${name}-${Math.floor(due.getTime() / 60_000)}`
  if (cluster.find(jobs, namespace, jobName)) return
  const { labels, annotations } = cron.spec.jobTemplate.metadata ?? {}
  cluster.create(jobs, {
    metadata: {
      name: jobName,
      namespace,
      labels,
      annotations,
      ownerReferences: [controllerReference(cronJobs as ResourceKind, cron)],
    },
    spec: cron.spec.jobTemplate.spec,
  })
  recordEvent(cron, 'Normal', 'SuccessfulCreate', `Created job ${jobName}`)
}

function deleteFinishedJobs({ cluster, recordEvent }: Context, cron: CronJob, owned: Job[]) {
  for (const [end, limit] of [
    ['Complete', cron.spec.successfulJobsHistoryLimit],
    ['Failed', cron.spec.failedJobsHistoryLimit],
  ] as const) {
    const ended = owned
      .filter(job => jobOutcome(job) === end)
      .toSorted((a, b) => b.metadata.creationTimestamp.localeCompare(a.metadata.creationTimestamp))
    for (const job of ended.slice(limit)) {
      cluster.remove(jobs, job.metadata.namespace, job.metadata.name, { propagationPolicy: 'Background' })
      recordEvent(cron, 'Normal', 'SuccessfulDelete', `Deleted job ${job.metadata.name}`)
    }
  }
}

function writeStatus({ cluster }: Context, cron: CronJob, lastScheduleTime: string | undefined) {
  const owned = cluster
    .list(jobs, cron.metadata.namespace)
    .filter(job => job.metadata.ownerReferences?.some(reference => reference.uid === cron.metadata.uid))
  const active = owned
    .filter(job => !jobOutcome(job))
    .map(({ metadata: { name, namespace, uid } }) => ({
      kind: 'Job',
      apiVersion: apiVersionOf(jobs),
      name,
      namespace,
      uid,
    }))
  const ends = owned.flatMap(job => (jobOutcome(job) === 'Complete' ? (job.status.completionTime ?? []) : []))
  cluster.mutate(
    cronJobs,
    cron,
    draft => {
      draft.status = {
        ...(active.length > 0 ? { active } : {}),
        lastScheduleTime,
        lastSuccessfulTime: ends.toSorted().at(-1) ?? draft.status.lastSuccessfulTime,
      }
    },
    { subresource: 'status' },
  )
}
