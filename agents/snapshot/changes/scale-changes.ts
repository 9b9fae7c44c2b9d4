import { isoOf, secondsOf } from '../clock.ts'
import type { EvidenceIndex } from '../index-evidence.ts'
import type { Snapshot } from '../snapshot.ts'

type Change = Snapshot['changes'][number]

/**
 * Each moment at which the wanted number of replicas of a Deployment changed: by its series, and by the controller's own
 * events, which also tell of what came and went between two scrapes.
 */
export function scaleChanges(index: EvidenceIndex): Change[] {
  const measured = bySeries(index)
  const isMeasured = (one: Change) =>
    measured.some(
      other =>
        other.subject.name === one.subject.name &&
        other.to === one.to &&
        Math.abs((secondsOf(other.at) ?? 0) - (secondsOf(one.at) ?? 0)) <= 2 * index.toleranceSeconds,
    )
  return [...measured, ...byEvents(index).filter(one => !isMeasured(one))]
}

function bySeries(index: EvidenceIndex): Change[] {
  return index.series('replicas-desired').flatMap(({ labels, points, evidence }) => {
    const name = labels.deployment
    if (name === undefined) return []
    return points.flatMap(([at, value], position) => {
      const before = points[position - 1]?.[1]
      return before === undefined || before === value
        ? []
        : [scaling(index, name, isoOf(at), before, value, evidence)]
    })
  })
}

/** A rolling update only ever raises its newest replica set: where that one fell, the Deployment itself was scaled. */
function byEvents(index: EvidenceIndex): Change[] {
  return index.workloads.flatMap(workload => {
    const newest = index.revisionsOf(workload)[0]?.replicaSet
    const scalings = index.eventsOn(workload.kind, workload.name).flatMap(event => {
      const [, direction, replicaSet, from, to] =
        event.message.match(/^Scaled (up|down) replica set (\S+) from (\d+) to (\d+)/) ?? []
      const at = secondsOf(event.lastAt)
      if (replicaSet === undefined || replicaSet !== newest || at === null) return []
      return [{ direction, at, from: Number(from), to: Number(to), evidence: event.evidence }]
    })
    const downs = scalings.filter(scaling => scaling.direction === 'down')
    const since = Math.min(...downs.map(down => down.at))
    return scalings
      .filter(scaling => scaling.direction === 'down' || scaling.at >= since)
      .map(one => scaling(index, workload.name, isoOf(one.at), one.from, one.to, one.evidence))
  })
}

function scaling(
  index: EvidenceIndex,
  name: string,
  at: string,
  from: number,
  to: number,
  evidence: string,
): Change {
  const scaler = index
    .objectsOf('HorizontalPodAutoscaler')
    .find(horizontalPodAutoscaler =>
      index
        .eventsOn('HorizontalPodAutoscaler', horizontalPodAutoscaler.object.metadata.name)
        .some(event => event.reason === 'SuccessfulRescale'),
    )
  return {
    evidence: [evidence],
    kind: 'scale',
    subject: { kind: 'Deployment', namespace: index.namespace, name },
    at,
    by: scaler?.object.metadata.name ?? null,
    from: String(from),
    to: String(to),
    summary: `${name} replicas ${from} → ${to}`,
    diff: [{ path: 'spec.replicas', before: from, after: to }],
  }
}
