import { pluralize } from '@goalixa/chassis/pluralize'
import { secondsOf } from '../../snapshot/clock.ts'
import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import { PODS } from '../../snapshot/needs.ts'
import { isStarting } from '../../snapshot/objects/is-starting.ts'
import type { Pod } from '../../snapshot/objects/pod.ts'
import type { Workload } from '../../snapshot/objects/workload.ts'
import type { FindingOf } from '../findings/finding-shape.ts'
import { subjectOf } from '../findings/subject.ts'
import { defineAnalyser } from './define-analyser.ts'

/** Rollouts that do not complete, paused rollouts, and workloads with fewer ready pods than desired. A rolling update in progress is no fault. */
export const rollouts = defineAnalyser({
  needs: PODS,
  findings: {
    ROLLOUT_PAUSED: {
      title: 'A rollout is paused, so the latest change does not reach the pods.',
      layer: 'setting',
      kind: 'wiring',
      basis: 'observation',
      effects: ['start'],
      cause: { plain: 'ROLLOUT_PAUSED' },
      mechanism: null,
      isStanding: true,
      needsOnset: true,
      advice: 'Ask who paused the rollout and why. Resuming it is their decision.',
    },
    ROLLOUT_STUCK: {
      title: 'A rollout does not complete.',
      layer: 'availability',
      kind: 'symptom',
      basis: 'observation',
      effects: ['start'],
      cause: null,
      mechanism: null,
    },
    REPLICAS_MISSING: {
      title: 'Fewer pods are ready than desired.',
      layer: 'availability',
      kind: 'symptom',
      basis: 'observation',
      effects: ['slow', 'errors', 'down'],
      cause: null,
      mechanism: null,
    },
  },
  run: view =>
    view.workloads.flatMap(workload => [
      ...findPausedRollout(workload),
      ...findStuckRollout(view, workload),
      ...findMissingReplicas(view, workload),
    ]),
})

/** A pause is a fault only while it holds a change back. */
function findPausedRollout(workload: Workload): FindingOf<'ROLLOUT_PAUSED'>[] {
  const { isPaused, desired, updated, conditions } = workload
  if (!isPaused || desired === null || updated >= desired) return []
  const condition = conditions.find(condition => condition.reason === 'DeploymentPaused')
  return [
    {
      code: 'ROLLOUT_PAUSED',
      subject: subjectOf(workload),
      service: workload.service,
      onset: condition?.at ?? null,
      message: `the rollout of ${workload.name} is paused: ${updated} of ${pluralize(desired, 'pod')} run the latest template`,
      evidence: [workload.evidence],
    },
  ]
}

function findStuckRollout(view: SnapshotView, workload: Workload): FindingOf<'ROLLOUT_STUCK'>[] {
  const progress = workload.conditions.find(condition => condition.type === 'Progressing')
  const [newest, previous] = view.revisionsOf(workload)
  const isPastDeadline = progress?.status === 'False' && progress.reason === 'ProgressDeadlineExceeded'
  const waited = view.at - (secondsOf(newest?.createdAt) ?? view.at)
  const isSlow =
    newest !== undefined &&
    previous !== undefined &&
    newest.ready === 0 &&
    newest.desired > 0 &&
    waited > view.patienceSeconds &&
    !areStarting(
      view,
      view.livePodsOf(workload).filter(pod => pod.revision === newest.hash),
    )
  if (!isPastDeadline && !isSlow) return []
  const old =
    previous !== undefined && previous.ready > 0
      ? `; revision ${previous.number} still serves with ${pluralize(previous.ready, 'pod')}`
      : ''
  const progressed =
    newest === undefined
      ? `the rollout of ${workload.name} exceeded its progress deadline`
      : `revision ${newest.number} of ${workload.name} has ${newest.ready} of ${pluralize(newest.desired, 'pod')} ready`
  return [
    {
      code: 'ROLLOUT_STUCK',
      subject: subjectOf(workload),
      service: workload.service,
      onset: newest?.createdAt ?? progress?.at ?? null,
      message: `${progressed}${old}`,
      evidence: [...new Set([workload.evidence, ...(newest === undefined ? [] : [newest.evidence])])],
    },
  ]
}

function findMissingReplicas(view: SnapshotView, workload: Workload): FindingOf<'REPLICAS_MISSING'>[] {
  const { desired, ready } = workload
  if (desired === null || ready >= desired) return []
  const late = view.livePodsOf(workload).filter(pod => pod.isReady !== true)
  const waited = late.map(
    pod => view.at - (secondsOf(pod.readyChangedAt) ?? secondsOf(pod.createdAt) ?? view.at),
  )
  // Pods that have only just started belong to a rolling update in progress.
  if (late.length > 0 && Math.max(...waited) < view.patienceSeconds) return []
  if (areStarting(view, late)) return []
  const since = late.flatMap(pod => pod.readyChangedAt ?? pod.createdAt ?? []).toSorted()[0]
  return [
    {
      code: 'REPLICAS_MISSING',
      subject: subjectOf(workload),
      service: workload.service,
      onset: since ?? null,
      message: `${workload.name} has ${ready} of ${pluralize(desired, 'pod')} ready`,
      evidence: [...new Set([workload.evidence, ...late.map(pod => pod.evidence)])],
    },
  ]
}

function areStarting(view: SnapshotView, pods: Pod[]): boolean {
  return pods.length > 0 && pods.every(pod => isStarting(view, pod))
}
