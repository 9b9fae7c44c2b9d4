import { secondsOf } from '../../snapshot/clock.ts'
import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import { mergeNeeds, PODS } from '../../snapshot/needs.ts'
import { listAt, stringAt } from '../../snapshot/objects/json-path.ts'
import { controllerOf } from '../../snapshot/objects/pod.ts'
import type { KubernetesObject } from '../../snapshot/snapshot.ts'
import { compareStrings } from '../../snapshot/text/compare-strings.ts'
import { quote } from '../../snapshot/text/quote.ts'
import type { FindingOf } from '../findings/finding-shape.ts'
import { isNamedByScope } from '../findings/named-by-scope.ts'
import { defineAnalyser } from './define-analyser.ts'
import { describeEnd } from './describe-end.ts'

/** Jobs that failed. One that completed after retries is no fault, and neither is an old one that nobody asks about. */
export const jobs = defineAnalyser({
  needs: mergeNeeds(PODS, { kinds: ['Job'], reads: ['logs'] }),
  findings: {
    JOB_FAILED: {
      title: 'A Job failed and is not retried.',
      layer: 'process-failure',
      kind: 'process',
      basis: 'observation',
      effects: ['down'],
      cause: { plain: 'JOB_FAILED' },
      mechanism: null,
      advice: 'Fix what its pod reports, and run the Job again. Deleting the failed Job ends the alert.',
    },
  },
  run: view => view.objectsOf('Job').flatMap(({ evidence, object }) => findFailure(view, evidence, object)),
})

function findFailure(view: SnapshotView, evidence: string, job: KubernetesObject): FindingOf<'JOB_FAILED'>[] {
  const { name, namespace = null } = job.metadata
  const failure = conditionOf(job, 'Failed')
  if (failure === undefined) return []
  const at = stringAt(failure, 'lastTransitionTime')
  const subject = { kind: 'Job', namespace, name }
  const later = findLaterRun(view, job, at)
  const isOver = later !== undefined || (secondsOf(at) ?? view.at) < view.since - view.recentSeconds
  if (isOver && !isNamedByScope(view, subject)) return []

  const end = findEnd(view, name)
  const reason = stringAt(failure, 'message') ?? stringAt(failure, 'reason') ?? 'no reason given'
  const succeeded = later === undefined ? '' : `; a later run, Job ${later.object.metadata.name}, completed`
  return [
    {
      code: 'JOB_FAILED',
      subject,
      service: null,
      onset: at,
      message: `Job ${name} failed (${quote(reason)})${end === null ? '' : `: ${end.text}`}${succeeded}`,
      evidence: [...new Set([evidence, ...(end?.evidence ?? []), ...(later ? [later.evidence] : [])])],
    },
  ]
}

/** How the newest pod of the Job that failed ended: earlier tries are mostly deleted, and end in the same way. */
function findEnd(view: SnapshotView, job: string): ReturnType<typeof describeEnd> {
  const ends = view
    .podsOfController({ kind: 'Job', name: job })
    .toSorted((a, b) => compareStrings(b.createdAt ?? '', a.createdAt ?? ''))
    .flatMap(pod => describeEnd(view, pod) ?? [])
  return ends[0] ?? null
}

/** The Job of the same CronJob that completed after this one had failed. */
function findLaterRun(view: SnapshotView, job: KubernetesObject, failedAt: string | null) {
  const owner = controllerOf(job)
  if (owner === null) return undefined
  return view.objectsOf('Job').find(({ object }) => {
    const completed = conditionOf(object, 'Complete')
    const at = secondsOf(stringAt(completed, 'lastTransitionTime'))
    const other = controllerOf(object)
    return other?.kind === owner.kind && other.name === owner.name && (at ?? 0) > (secondsOf(failedAt) ?? 0)
  })
}

function conditionOf(job: KubernetesObject, type: string): unknown {
  return listAt(job, 'status.conditions').find(
    condition => stringAt(condition, 'type') === type && stringAt(condition, 'status') === 'True',
  )
}
