import type { Snapshot } from '../../incident/snapshot.ts'
import { isoOf } from '../../incident/view/clock.ts'
import type { View } from '../../incident/view/view.ts'

/** Each moment at which the wanted number of replicas of a Deployment changed, from its series. */
export function scaleChanges(view: View): Snapshot['changes'] {
  return view.series('replicas-desired').flatMap(({ labels, points, evidence }) => {
    const name = labels.deployment
    if (name === undefined) return []
    return points.flatMap(([at, value], index) => {
      const before = points[index - 1]?.[1]
      if (before === undefined || before === value) return []
      const scaler = view
        .objectsOf('HorizontalPodAutoscaler')
        .find(one => view.eventsOn('HorizontalPodAutoscaler', one.object.metadata.name).some(isRescale))
      return [
        {
          evidence: [evidence],
          kind: 'scale' as const,
          subject: { kind: 'Deployment', namespace: view.namespace, name },
          at: isoOf(at),
          by: scaler?.object.metadata.name ?? null,
          from: String(before),
          to: String(value),
          summary: `${name} replicas ${before} → ${value}`,
          diff: [{ path: 'spec.replicas', before, after: value }],
        },
      ]
    })
  })
}

function isRescale(event: { reason: string }): boolean {
  return event.reason === 'SuccessfulRescale'
}
