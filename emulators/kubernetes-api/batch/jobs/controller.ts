import {
  type Context,
  keyOf,
  on,
  parseKey,
  type Running,
  runController,
} from '../../controllers/controller.ts'
import { claim, ownerKeys } from '../../controllers/owners.ts'
import type { WorkQueue } from '../../controllers/work-queue.ts'
import { createPod, type PodDraft } from '../../core/pods/create-pod.ts'
import { pods } from '../../core/pods/kind.ts'
import type { Pod } from '../../core/pods/pod.ts'
import { isPodReady } from '../../core/pods/readiness.ts'
import type { Condition } from '../../meta/kube-object.ts'
import type { ResourceKind } from '../../meta/resource-kind.ts'
import { toTime } from '../../registry/clock.ts'
import type { Job } from './job.ts'
import { completedIndexes, formatIndexes, isIndexed, openIndexes, setIndex } from './job-indexes.ts'
import { jobOutcome, jobs } from './kind.ts'

/** Milliseconds before a failed pod is replaced, doubled with every failure. */
const FIRST_BACKOFF_MS = 10_000
const LAST_BACKOFF_MS = 600_000

/** Runs pods of a job until enough have succeeded, too many have failed, or the deadline has expired. */
export function runJobController(context: Context): Running {
  return runController({
    name: 'job',
    context,
    interests: [on(jobs, job => [keyOf(job)]), on(pods, pod => ownerKeys(jobs as ResourceKind, pod))],
    reconcile: (key, queue) => reconcile(context, key, queue),
  })
}

type Counts = { active: Pod[]; done: Pod[]; succeeded: number; failed: Pod[] }

function reconcile(context: Context, key: string, queue: WorkQueue) {
  const { cluster } = context
  const { namespace, name } = parseKey(key)
  const job = cluster.find(jobs, namespace, name)
  if (!job || job.metadata.deletionTimestamp) return
  if (jobOutcome(job)) return expire(context, job, queue, key)
  const counts = countsOf(
    job,
    claim(cluster, pods, { kind: jobs as ResourceKind, object: job, selector: job.spec.selector }),
  )
  const end = endFor(context, job, counts)
  if (end) return finish(context, job, counts, end)
  if (job.spec.suspend) for (const pod of counts.active) cluster.remove(pods, namespace, pod.metadata.name)
  else start(context, job, counts, queue, key)
  const after = countsOf(
    job,
    claim(cluster, pods, { kind: jobs as ResourceKind, object: job, selector: job.spec.selector }),
  )
  writeStatus(context, job, after)
  const { activeDeadlineSeconds } = job.spec
  if (activeDeadlineSeconds) queue.addAfter(key, activeDeadlineSeconds * 1000 - elapsedMs(context, job) + 100)
}

function countsOf(job: Job, owned: Pod[]): Counts {
  const done = owned.filter(({ status }) => status.phase === 'Succeeded')
  return {
    active: owned.filter(
      ({ status, metadata }) =>
        status.phase !== 'Succeeded' && status.phase !== 'Failed' && !metadata.deletionTimestamp,
    ),
    done,
    succeeded: isIndexed(job) ? completedIndexes(job, done).length : done.length,
    failed: owned.filter(({ status }) => status.phase === 'Failed'),
  }
}

type End = { type: 'Complete' | 'Failed'; reason: string; message: string }

function endFor(
  context: Context,
  { spec, ...job }: Job,
  { succeeded, failed, active }: Counts,
): End | undefined {
  const wanted = spec.completions ?? 1
  if (succeeded >= wanted && (spec.completions !== undefined || active.length === 0))
    return {
      type: 'Complete',
      reason: 'CompletionsReached',
      message: 'Reached expected number of succeeded pods',
    }
  const restarts = active
    .flatMap(pod => pod.status.containerStatuses ?? [])
    .reduce((sum, container) => sum + container.restartCount, 0)
  const isOnFailure = spec.template.spec.restartPolicy === 'OnFailure'
  if (failed.length + (isOnFailure ? restarts : 0) > (spec.backoffLimit ?? 6))
    return {
      type: 'Failed',
      reason: 'BackoffLimitExceeded',
      message: 'Job has reached the specified backoff limit',
    }
  const deadline = spec.activeDeadlineSeconds
  if (deadline && elapsedMs(context, { spec, ...job } as Job) >= deadline * 1000)
    return {
      type: 'Failed',
      reason: 'DeadlineExceeded',
      message: 'Job was active longer than specified deadline',
    }
  return undefined
}

function elapsedMs({ cluster }: Context, { status }: Job): number {
  return status.startTime ? cluster.now().getTime() - Date.parse(status.startTime) : 0
}

function start(
  { cluster, recordEvent }: Context,
  job: Job,
  { active, done, succeeded, failed }: Counts,
  queue: WorkQueue,
  key: string,
) {
  const left = leftToSucceed(job, succeeded)
  const missing = Math.min(left, job.spec.parallelism ?? 1) - active.length
  const waitMs = missing > 0 ? backoffMs(failed, cluster.now()) : 0
  if (waitMs > 0) return queue.addAfter(key, waitMs + 10)
  const open = isIndexed(job) ? openIndexes(job, done, active) : []
  for (let count = 0; count < missing; count++) {
    const index = open[count]
    const pod = createPod(cluster, {
      owner: job,
      ownerKind: jobs as ResourceKind,
      template: job.spec.template,
      ...(index === undefined
        ? {}
        : {
            prefix: `${job.metadata.name}-${index}-`,
            change: (draft: PodDraft) => setIndex(draft, job.metadata.name, index),
          }),
    })
    recordEvent(job, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`)
  }
  for (const pod of active.slice(0, Math.max(0, -missing))) {
    cluster.remove(pods, pod.metadata.namespace, pod.metadata.name)
    recordEvent(job, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`)
  }
}

// Without `completions`, the first success completes the job.
function leftToSucceed({ spec }: Job, succeeded: number): number {
  if (spec.completions !== undefined) return spec.completions - succeeded
  return succeeded > 0 ? 0 : (spec.parallelism ?? 1)
}

function backoffMs(failed: Pod[], now: Date): number {
  if (failed.length === 0) return 0
  const ends = failed.map(({ status, metadata }) => {
    const times = (status.containerStatuses ?? []).flatMap(
      container => container.state?.terminated?.finishedAt ?? [],
    )
    return Math.max(Date.parse(metadata.creationTimestamp), ...times.map(Date.parse))
  })
  const delay = Math.min(LAST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (failed.length - 1))
  return Math.max(...ends) + delay - now.getTime()
}

function finish(
  { cluster, recordEvent, ...context }: Context,
  job: Job,
  counts: Counts,
  { type, reason, message }: End,
) {
  for (const pod of counts.active) cluster.remove(pods, pod.metadata.namespace, pod.metadata.name)
  const time = toTime(cluster.now())
  const condition: Condition = {
    type,
    status: 'True',
    reason,
    message,
    lastProbeTime: time,
    lastTransitionTime: time,
  }
  writeStatus({ cluster, recordEvent, ...context }, job, { ...counts, active: [] }, condition)
  if (type === 'Complete') recordEvent(job, 'Normal', 'Completed', 'Job completed')
  else recordEvent(job, 'Warning', reason, message)
}

function writeStatus(
  { cluster }: Context,
  job: Job,
  { active, done, succeeded, failed }: Counts,
  end?: Condition,
) {
  const time = toTime(cluster.now())
  cluster.mutate(
    jobs,
    job,
    draft => {
      draft.status = {
        ...draft.status,
        startTime: draft.status.startTime ?? (job.spec.suspend ? undefined : time),
        active: active.length || undefined,
        ready: active.filter(isPodReady).length,
        succeeded: succeeded || undefined,
        failed: failed.length || undefined,
        ...(isIndexed(job) ? { completedIndexes: formatIndexes(completedIndexes(job, done)) } : {}),
        ...(end?.type === 'Complete' ? { completionTime: time } : {}),
        ...(end ? { conditions: [...(draft.status.conditions ?? []), criteriaOf(end), end] } : {}),
      }
    },
    { subresource: 'status' },
  )
}

// The decision to end a job is recorded before its end, so that its pods can terminate in between.
function criteriaOf(end: Condition): Condition {
  return { ...end, type: end.type === 'Complete' ? 'SuccessCriteriaMet' : 'FailureTarget' }
}

function expire({ cluster }: Context, job: Job, queue: WorkQueue, key: string) {
  const { ttlSecondsAfterFinished } = job.spec
  if (ttlSecondsAfterFinished === undefined) return
  const end = job.status.conditions?.find(condition => condition.type === jobOutcome(job))
  const leftMs =
    Date.parse(end?.lastTransitionTime ?? '') + ttlSecondsAfterFinished * 1000 - cluster.now().getTime()
  if (leftMs > 0) queue.addAfter(key, leftMs + 10)
  else cluster.remove(jobs, job.metadata.namespace, job.metadata.name, { propagationPolicy: 'Background' })
}
