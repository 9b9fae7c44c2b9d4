import { pluralize } from '@goalixa/chassis/pluralize'
import { findChangePoint } from '../../signals/change-point.ts'
import { median } from '../../signals/robust-statistics.ts'
import { slopeOf } from '../../signals/slope.ts'
import { isoOf } from '../../snapshot/clock.ts'
import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import { mergeNeeds, PODS } from '../../snapshot/needs.ts'
import { isRecentRun } from '../../snapshot/objects/is-recent-run.ts'
import { memoryLimitOf } from '../../snapshot/objects/memory-limit.ts'
import type { Container, Pod } from '../../snapshot/objects/pod.ts'
import type { FindingOf } from '../findings/finding-shape.ts'
import { mergeFindings } from '../findings/merge-findings.ts'
import { serviceOfPod, subjectOf, subjectOfPod } from '../findings/subject.ts'
import { defineAnalyser } from './define-analyser.ts'

const PROCESS_RESOURCES = /image|env|resources/i
const MEBIBYTE = 2 ** 20
/** Growth is a leak only if it would fill what is left of the limit within so many window lengths. */
const HORIZON = 3

/** Containers killed at their memory limit, a limit that was lowered, and working sets that grow: a leak, or more load. */
export const memory = defineAnalyser({
  needs: mergeNeeds(PODS, { signals: ['memory', 'request-rate'] }),
  findings: {
    MEMORY_LIMIT_LOWERED: {
      title: 'A release gives a process less memory than it needs.',
      layer: 'setting',
      kind: 'process',
      // The limits are read; that the lower one is why the process is killed is concluded.
      basis: 'measurement',
      effects: ['slow', 'errors', 'down'],
      cause: { plain: 'MEMORY_LIMIT_LOWERED' },
      mechanism: /resources/i,
    },
    MEMORY_LEAK: {
      title: 'A process keeps memory for ever and reaches its limit.',
      layer: 'process-over-time',
      kind: 'process',
      basis: 'measurement',
      effects: ['slow', 'errors', 'down'],
      cause: { plain: 'MEMORY_LEAK' },
      mechanism: PROCESS_RESOURCES,
    },
    MEMORY_GROWS_WITH_LOAD: {
      title: 'A process needs more memory because it has more to do.',
      layer: 'process-over-time',
      kind: 'process',
      basis: 'measurement',
      effects: ['slow', 'errors', 'down'],
      cause: { plain: 'MEMORY_GROWS_WITH_LOAD' },
      mechanism: /resources|replicas/i,
    },
    OOM_KILLED: {
      title: 'A container was killed at its memory limit.',
      layer: 'process-failure',
      kind: 'process',
      basis: 'observation',
      effects: ['slow', 'errors', 'down'],
      cause: { plain: 'MEMORY_LIMIT_HIT' },
      mechanism: PROCESS_RESOURCES,
      replay: 'beside-old-pods',
    },
  },
  run: view => mergeFindings([...lowered(view), ...used(view)]),
})

type UsageCode = 'MEMORY_LEAK' | 'MEMORY_GROWS_WITH_LOAD' | 'OOM_KILLED'

function used(view: SnapshotView): FindingOf<UsageCode>[] {
  return view.pods
    .filter(pod => !pod.isCompleted)
    .flatMap(pod =>
      pod.containers.flatMap(container => [...growth(view, pod, container), ...killed(view, pod, container)]),
    )
}

/** A release that gives less memory than the one before, where its containers are killed for it. */
function lowered(view: SnapshotView): FindingOf<'MEMORY_LIMIT_LOWERED'>[] {
  return view.workloads.flatMap(workload => {
    const [newest, previous] = view.revisionsOf(workload)
    if (newest === undefined || previous === undefined) return []
    const fresh = view.livePodsOf(workload).filter(pod => pod.revision === newest.hash)
    const kills = fresh.flatMap(pod =>
      pod.containers.flatMap(container =>
        killed(view, pod, container).length > 0 ? [{ pod, container }] : [],
      ),
    )
    return kills.slice(0, 1).flatMap(({ pod, container }) => {
      const now = memoryLimitOf(newest.template, container.name)
      const before = memoryLimitOf(previous.template, container.name)
      if (now === null || (before !== null && now >= before)) return []
      return [
        {
          code: 'MEMORY_LIMIT_LOWERED',
          subject: subjectOf(workload),
          service: workload.service,
          container: container.name,
          onset: newest.createdAt,
          message: `revision ${newest.number} gives ${container.name} ${mebibytes(now)} of memory, before ${before === null ? 'without a limit' : mebibytes(before)}, and it is killed there`,
          evidence: [...new Set([newest.evidence, previous.evidence, pod.evidence])],
        },
      ]
    })
  })
}

function growth(view: SnapshotView, pod: Pod, container: Container): FindingOf<UsageCode>[] {
  // A job may take what it needs until it is done.
  if (pod.owner?.kind === 'Job') return []
  const limit = limitOf(pod, container.name)
  const series = view
    .series('memory')
    .find(series => series.labels.pod === pod.name && series.labels.container === container.name)
  if (series === undefined || limit === null) return []
  const grown = steadyGrowth(longestRun(series.points), limit)
  if (grown === null) return []
  const [first, last] = grown
  const span = last[0] - first[0]

  const rate = view.series('request-rate').find(series => series.labels.service === serviceOfPod(view, pod))
  const surge =
    rate === undefined
      ? null
      : findChangePoint(rate.points, { worse: 'up', minAbsolute: 1, minRelative: 0.5 })
  const isLoad = surge?.isOngoing === true && surge.at <= first[0] + span / 2
  return [
    {
      code: isLoad ? 'MEMORY_GROWS_WITH_LOAD' : 'MEMORY_LEAK',
      subject: subjectOfPod(view, pod),
      service: serviceOfPod(view, pod),
      container: container.name,
      onset: isoOf(first[0]),
      message: `memory of ${container.name} in ${pod.name} grew from ${mebibytes(first[1])} to ${mebibytes(last[1])} of ${mebibytes(limit)} in ${Math.round(span)} s${isLoad ? ', as its requests did' : ' while its requests did not'}`,
      evidence: [series.evidence, pod.evidence, ...(rate === undefined ? [] : [rate.evidence])],
    },
  ]
}

/** The latest stretch over which memory rose nearly always, by much, and fast enough to fill the limit; or null. */
function steadyGrowth(run: [number, number][], limit: number): [[number, number], [number, number]] | null {
  for (const share of [1, 0.75, 0.5, 0.33]) {
    const stretch = run.slice(Math.floor(run.length * (1 - share)))
    const slope = slopeOf(stretch)
    const [first, last] = [stretch[0], stretch.at(-1)]
    if (slope === null || first === undefined || last === undefined) return null
    const grown = last[1] - first[1]
    const isSteady = slope.rising >= 0.8 && slope.perSecond > 0
    const isFast = last[1] + slope.perSecond * (last[0] - first[0]) * HORIZON >= limit
    const isMuch = grown >= 0.25 * limit && grown >= 8 * MEBIBYTE
    if (isSteady && isFast && isMuch) return [first, last]
  }
  return null
}

function killed(view: SnapshotView, pod: Pod, container: Container): FindingOf<'OOM_KILLED'>[] {
  const ended = [container.ended, container.endedBefore].find(one => one?.reason === 'OOMKilled')
  if (ended === undefined || ended === null || !isRecentRun(view, container, ended.at)) return []
  const limit = limitOf(pod, container.name)
  return [
    {
      code: 'OOM_KILLED',
      subject: subjectOfPod(view, pod),
      service: serviceOfPod(view, pod),
      container: container.name,
      onset: ended.at,
      message: `${container.name} in ${pod.name} was killed at its memory limit${limit === null ? '' : ` of ${mebibytes(limit)}`} and restarted ${pluralize(container.restarts, 'time')}`,
      evidence: [pod.evidence],
    },
  ]
}

/** The longest stretch without a fall to below 70 %: what lies between two restarts of the process. */
function longestRun(points: readonly [number, number][]): [number, number][] {
  const runs: [number, number][][] = [[]]
  let peak = 0
  for (const point of points) {
    if (point[1] < 0.7 * peak) {
      runs.push([])
      peak = 0
    }
    peak = Math.max(peak, point[1])
    runs.at(-1)?.push(point)
  }
  const longest = runs.toSorted((a, b) => b.length - a.length)[0] ?? []
  return withoutStart(longest)
}

/** A process that just started allocates for a while; that is not growth. */
function withoutStart(run: [number, number][]): [number, number][] {
  const settled = run.slice(Math.min(3, Math.floor(run.length / 5)))
  const middle = median(settled.map(([, value]) => value))
  return Number.isNaN(middle) ? run : settled
}

function limitOf(pod: Pod, container: string): number | null {
  return memoryLimitOf(pod.object, container)
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / MEBIBYTE)} MiB`
}
