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
import { describeRestarts } from './describe-restarts.ts'

const PROCESS_RESOURCES = /image|env|resources/i
const MEBIBYTE = 2 ** 20
// When growth counts. Chosen on the sample clusters and scenarios, not fitted.
/** It would reach the limit within this many lengths of the window. */
const HORIZON = 3
/** The share of samples that rise. */
const MIN_RISING_SHARE = 0.8
/** The growth, as a share of the limit and in bytes. */
const MIN_GROWTH_SHARE = 0.25
const MIN_GROWTH_BYTES = 8 * MEBIBYTE

/** Containers that are OOM-killed, limits that were lowered, and working sets that grow: by a leak, or with the load. */
export const memory = defineAnalyser({
  needs: mergeNeeds(PODS, { signals: ['memory', 'request-rate'] }),
  findings: {
    MEMORY_LIMIT_LOWERED: {
      title: 'A release lowered a memory limit below what the process needs.',
      layer: 'setting',
      kind: 'process',
      // The limits are observed, but that the lower one causes the kills is inferred.
      basis: 'measurement',
      effects: ['slow', 'errors', 'down'],
      cause: { plain: 'MEMORY_LIMIT_LOWERED' },
      mechanism: /resources/i,
    },
    MEMORY_LEAK: {
      title: 'A process leaks memory and approaches its limit.',
      layer: 'process-over-time',
      kind: 'process',
      basis: 'measurement',
      effects: ['slow', 'errors', 'down'],
      cause: { plain: 'MEMORY_LEAK' },
      mechanism: PROCESS_RESOURCES,
    },
    MEMORY_GROWS_WITH_LOAD: {
      title: 'A process needs more memory because it handles more requests.',
      layer: 'process-over-time',
      kind: 'process',
      basis: 'measurement',
      effects: ['slow', 'errors', 'down'],
      cause: { plain: 'MEMORY_GROWS_WITH_LOAD' },
      mechanism: /resources|replicas/i,
    },
    OOM_KILLED: {
      title: 'A container was OOM-killed at its memory limit.',
      layer: 'process-failure',
      kind: 'process',
      basis: 'observation',
      effects: ['slow', 'errors', 'down'],
      cause: { plain: 'MEMORY_LIMIT_HIT' },
      mechanism: PROCESS_RESOURCES,
      replay: 'beside-old-pods',
    },
  },
  run: view => mergeFindings([...findLoweredLimits(view), ...findExcessiveUse(view)]),
})

type UsageCode = 'MEMORY_LEAK' | 'MEMORY_GROWS_WITH_LOAD' | 'OOM_KILLED'

function findExcessiveUse(view: SnapshotView): FindingOf<UsageCode>[] {
  return view.pods
    .filter(pod => !pod.isCompleted)
    .flatMap(pod =>
      pod.containers.flatMap(container => [
        ...findGrowth(view, pod, container),
        ...findOomKill(view, pod, container),
      ]),
    )
}

/** Releases that lowered a memory limit and whose containers are OOM-killed. */
function findLoweredLimits(view: SnapshotView): FindingOf<'MEMORY_LIMIT_LOWERED'>[] {
  return view.workloads.flatMap(workload => {
    const [newest, previous] = view.revisionsOf(workload)
    if (newest === undefined || previous === undefined) return []
    const fresh = view.livePodsOf(workload).filter(pod => pod.revision === newest.hash)
    const kills = fresh.flatMap(pod =>
      pod.containers.flatMap(container =>
        findOomKill(view, pod, container).length > 0 ? [{ pod, container }] : [],
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
          message: `revision ${newest.number} of ${workload.name} lowers the memory limit of container ${container.name} from ${before === null ? 'unlimited' : formatMebibytes(before)} to ${formatMebibytes(now)}, and the container is OOM-killed`,
          evidence: [...new Set([newest.evidence, previous.evidence, pod.evidence])],
        },
      ]
    })
  })
}

function findGrowth(view: SnapshotView, pod: Pod, container: Container): FindingOf<UsageCode>[] {
  // The working set of a Job may grow until it completes.
  if (pod.owner?.kind === 'Job') return []
  const limit = limitOf(pod, container.name)
  const series = view
    .series('memory')
    .find(series => series.labels.pod === pod.name && series.labels.container === container.name)
  if (series === undefined || limit === null) return []
  const grown = findSteadyGrowth(findLongestRun(series.points), limit)
  if (grown === null) return []
  const [first, last] = grown
  const span = last[0] - first[0]

  const rate = view.series('request-rate').find(series => series.labels.service === serviceOfPod(view, pod))
  const surge =
    rate === undefined
      ? null
      : findChangePoint(rate.points, { worse: 'up', minAbsolute: 1, minRelative: 0.5 })
  const isLoad = surge?.isOngoing === true && surge.at <= first[0] + span / 2
  const load = isLoad ? ' as its request rate rose' : ' while its request rate did not rise'
  return [
    {
      code: isLoad ? 'MEMORY_GROWS_WITH_LOAD' : 'MEMORY_LEAK',
      subject: subjectOfPod(view, pod),
      service: serviceOfPod(view, pod),
      container: container.name,
      onset: isoOf(first[0]),
      message: `memory of container ${container.name} of ${pod.name} grew from ${formatMebibytes(first[1])} to ${formatMebibytes(last[1])} in ${Math.round(span)} s${rate === undefined ? '' : load}; its limit is ${formatMebibytes(limit)}`,
      evidence: [series.evidence, pod.evidence, ...(rate === undefined ? [] : [rate.evidence])],
    },
  ]
}

/** The ends of the latest stretch over which memory rose steadily, by much, and fast enough to reach the limit; or null. */
function findSteadyGrowth(
  run: [number, number][],
  limit: number,
): [[number, number], [number, number]] | null {
  for (const share of [1, 0.75, 0.5, 0.33]) {
    const stretch = run.slice(Math.floor(run.length * (1 - share)))
    const slope = slopeOf(stretch)
    const [first, last] = [stretch[0], stretch.at(-1)]
    if (slope === null || first === undefined || last === undefined) return null
    const grown = last[1] - first[1]
    const isSteady = slope.rising >= MIN_RISING_SHARE && slope.perSecond > 0
    const isFast = last[1] + slope.perSecond * (last[0] - first[0]) * HORIZON >= limit
    const isMuch = grown >= MIN_GROWTH_SHARE * limit && grown >= MIN_GROWTH_BYTES
    if (isSteady && isFast && isMuch) return [first, last]
  }
  return null
}

function findOomKill(view: SnapshotView, pod: Pod, container: Container): FindingOf<'OOM_KILLED'>[] {
  const ended = [container.ended, container.endedBefore].find(state => state?.reason === 'OOMKilled')
  if (ended === undefined || ended === null) return []
  // What a container is in now lasts, however long ago it began; init containers stay in it after the others have started.
  const isCurrent = ended === container.ended && pod.isReady !== true
  if (!isCurrent && !isRecentRun(view, container, ended.at)) return []
  const limit = limitOf(pod, container.name)
  return [
    {
      code: 'OOM_KILLED',
      subject: subjectOfPod(view, pod),
      service: serviceOfPod(view, pod),
      container: container.name,
      onset: ended.at,
      message: `container ${container.name} of ${pod.name} was OOM-killed at its memory limit${limit === null ? '' : ` of ${formatMebibytes(limit)}`}${container.restarts === 0 ? '' : ` and ${describeRestarts(container.restarts)}`}`,
      evidence: [pod.evidence],
    },
  ]
}

/** The longest stretch in which memory never fell below 70 % of its peak, which a restart of the process would show. */
function findLongestRun(points: readonly [number, number][]): [number, number][] {
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
  return dropWarmUp(longest)
}

/** Drops the first samples: a process that has just started allocates for a while, which is not growth. */
function dropWarmUp(run: [number, number][]): [number, number][] {
  const settled = run.slice(Math.min(3, Math.floor(run.length / 5)))
  const middle = median(settled.map(([, value]) => value))
  return Number.isNaN(middle) ? run : settled
}

function limitOf(pod: Pod, container: string): number | null {
  return memoryLimitOf(pod.object, container)
}

function formatMebibytes(bytes: number): string {
  return `${Math.round(bytes / MEBIBYTE)} MiB`
}
