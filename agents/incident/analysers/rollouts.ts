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

/** Rollouts that do not end, rollouts that were paused, and workloads with fewer ready pods than wanted. A rolling update on its way is no fault. */
export const rollouts = defineAnalyser({
  needs: PODS,
  findings: {
    ROLLOUT_PAUSED: {
      title: 'A rollout is paused, so what was changed does not reach the pods.',
      layer: 'setting',
      kind: 'wiring',
      basis: 'observation',
      effects: ['start'],
      cause: { plain: 'ROLLOUT_PAUSED' },
      mechanism: null,
      isStanding: true,
      needsOnset: true,
      advice: 'Ask who paused it and why; resuming it is theirs to decide.',
    },
    ROLLOUT_STUCK: {
      title: 'A rollout does not come to an end.',
      layer: 'availability',
      kind: 'symptom',
      basis: 'observation',
      effects: ['start'],
      cause: null,
      mechanism: null,
    },
    REPLICAS_MISSING: {
      title: 'Fewer pods are ready than wanted.',
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
      ...paused(workload),
      ...stuck(view, workload),
      ...missing(view, workload),
    ]),
})

/** A pause is a fault only while a change waits for its end. */
function paused(workload: Workload): FindingOf<'ROLLOUT_PAUSED'>[] {
  const { isPaused, desired, updated, conditions } = workload
  if (!isPaused || desired === null || updated >= desired) return []
  const condition = conditions.find(condition => condition.reason === 'DeploymentPaused')
  return [
    {
      code: 'ROLLOUT_PAUSED',
      subject: subjectOf(workload),
      service: workload.service,
      onset: condition?.at ?? null,
      message: `the rollout of ${workload.name} is paused: ${updated} of ${desired} pods have what was changed`,
      evidence: [workload.evidence],
    },
  ]
}

function stuck(view: SnapshotView, workload: Workload): FindingOf<'ROLLOUT_STUCK'>[] {
  const progress = workload.conditions.find(condition => condition.type === 'Progressing')
  const [newest, previous] = view.revisionsOf(workload)
  const isOver = progress?.status === 'False' && progress.reason === 'ProgressDeadlineExceeded'
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
  if (!isOver && !isSlow) return []
  const old =
    previous !== undefined && previous.ready > 0
      ? `; still serving: ${pluralize(previous.ready, 'pod')} of revision ${previous.number}`
      : ''
  return [
    {
      code: 'ROLLOUT_STUCK',
      subject: subjectOf(workload),
      service: workload.service,
      onset: newest?.createdAt ?? progress?.at ?? null,
      message: `revision ${newest?.number ?? '?'} of ${workload.name} has ${newest?.ready ?? 0} of ${newest?.desired ?? '?'} pods ready${old}`,
      evidence: [...new Set([workload.evidence, ...(newest === undefined ? [] : [newest.evidence])])],
    },
  ]
}

function missing(view: SnapshotView, workload: Workload): FindingOf<'REPLICAS_MISSING'>[] {
  const { desired, ready } = workload
  if (desired === null || ready >= desired) return []
  const late = view.livePodsOf(workload).filter(pod => pod.isReady !== true)
  const waited = late.map(
    pod => view.at - (secondsOf(pod.readyChangedAt) ?? secondsOf(pod.createdAt) ?? view.at),
  )
  // Pods that are only just starting are what a rolling update looks like.
  if (late.length > 0 && Math.max(...waited) < view.patienceSeconds) return []
  if (areStarting(view, late)) return []
  const since = late.flatMap(pod => pod.readyChangedAt ?? pod.createdAt ?? []).toSorted()[0]
  return [
    {
      code: 'REPLICAS_MISSING',
      subject: subjectOf(workload),
      service: workload.service,
      onset: since ?? null,
      message: `${ready} of ${desired} pods of ${workload.name} are ready`,
      evidence: [...new Set([workload.evidence, ...late.map(pod => pod.evidence)])],
    },
  ]
}

function areStarting(view: SnapshotView, pods: Pod[]): boolean {
  return pods.length > 0 && pods.every(pod => isStarting(view, pod))
}
