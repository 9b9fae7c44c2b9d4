import { isoOf, secondsOf } from '../clock.ts'
import type { EvidenceIndex } from '../index-evidence.ts'
import type { Snapshot } from '../snapshot.ts'

type Change = Snapshot['changes'][number]

/**
 * Each change of the desired replicas of a Deployment: by its series, and by the events of its controller, which also show
 * changes that came and went between two scrapes.
 */
export function findScaleChanges(index: EvidenceIndex): Change[] {
  const measured = fromSeries(index)
  const isMeasured = (change: Change) =>
    measured.some(
      other =>
        other.subject.name === change.subject.name &&
        other.to === change.to &&
        Math.abs((secondsOf(other.at) ?? 0) - (secondsOf(change.at) ?? 0)) <= 2 * index.toleranceSeconds,
    )
  return [...measured, ...fromEvents(index).filter(change => !isMeasured(change))]
}

function fromSeries(index: EvidenceIndex): Change[] {
  return index.series('replicas-desired').flatMap(({ labels, points, evidence }) => {
    const name = labels.deployment
    if (name === undefined) return []
    return points.flatMap(([at, value], position) => {
      const before = points[position - 1]?.[1]
      return before === undefined || before === value
        ? []
        : [scaleChange(index, name, isoOf(at), before, value, evidence)]
    })
  })
}

/** A rolling update only scales its newest ReplicaSet up: where that one was scaled down, the Deployment itself was scaled. */
function fromEvents(index: EvidenceIndex): Change[] {
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
      .map(({ at, from, to, evidence }) => scaleChange(index, workload.name, isoOf(at), from, to, evidence))
  })
}

function scaleChange(
  index: EvidenceIndex,
  name: string,
  at: string,
  from: number,
  to: number,
  evidence: string,
): Change {
  const autoscaler = index
    .objectsOf('HorizontalPodAutoscaler')
    .find(({ object }) =>
      index
        .eventsOn('HorizontalPodAutoscaler', object.metadata.name)
        .some(event => event.reason === 'SuccessfulRescale'),
    )
  return {
    evidence: [evidence],
    kind: 'scale',
    subject: { kind: 'Deployment', namespace: index.namespace, name },
    at,
    by: autoscaler?.object.metadata.name ?? null,
    from: String(from),
    to: String(to),
    summary: `${name} replicas ${from} → ${to}`,
    diff: [{ path: 'spec.replicas', before: from, after: to }],
  }
}
