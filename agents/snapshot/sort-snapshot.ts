import { stringAt } from './objects/json-path.ts'
import type { Snapshot } from './snapshot.ts'
import { compareStrings } from './text/compare-strings.ts'
import { unreadLabel } from './unread-label.ts'

type Located = Snapshot['objects'][number]

/**
 * The snapshot with its lists in an order of their own, and each object once, as it was read last: in which order answers
 * came in is chance, and no verdict may depend on it.
 */
export function sortSnapshot(snapshot: Snapshot): Snapshot {
  const { scope, objects, events, logs, series, changes, edges, unread, reads } = snapshot
  return {
    ...snapshot,
    scope: {
      ...scope,
      alerts: by(scope.alerts, one => `${one.startsAt} ${one.name} ${labelsOf(one.labels)} ${one.status}`),
    },
    objects: latest(objects),
    events: by(
      events,
      one =>
        `${one.lastAt} ${one.object.kind}/${one.object.name} ${one.reason} ${one.message} ${one.count} ${one.firstAt} ${one.evidence}`,
    ),
    logs: by(logs, one => `${one.pod}/${one.container}/${one.previous} ${one.evidence}`),
    series: by(series, one => `${one.name} ${labelsOf(one.labels)} ${one.evidence}`),
    changes: by(
      changes,
      one =>
        `${one.at} ${one.kind} ${one.subject.kind}/${one.subject.name} ${one.to} ${one.from} ${one.evidence.join(' ')} ${one.summary}`,
    ),
    edges: by(edges, one => `${one.from} ${one.to} ${one.via} ${one.evidence}`),
    unread: by(unread, lack => `${unreadLabel(lack)} ${lack.evidence} ${lack.reason}`),
    reads: by(reads, one => `${one.question} ${one.evidence}`),
  }
}

function latest(objects: Located[]): Located[] {
  const identity = ({ object }: Located) =>
    `${object.kind} ${object.metadata.namespace ?? ''} ${object.metadata.name}`
  const newestLast = objects.toSorted(
    (a, b) =>
      versionOf(a) - versionOf(b) ||
      a.evidence.length - b.evidence.length ||
      compareStrings(a.evidence, b.evidence) ||
      compareStrings(JSON.stringify(a.object), JSON.stringify(b.object)),
  )
  return by([...new Map(newestLast.map(one => [identity(one), one])).values()], identity)
}

function versionOf({ object }: Located): number {
  return Number(stringAt(object, 'metadata.resourceVersion') ?? 0) || 0
}

function labelsOf(labels: Record<string, string>): string {
  return JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

function by<T>(list: readonly T[], keyOf: (one: T) => string): T[] {
  return list
    .map(one => ({ one, key: keyOf(one) }))
    .toSorted((a, b) => compareStrings(a.key, b.key))
    .map(({ one }) => one)
}
