import { stringAt } from './objects/json-path.ts'
import type { ReadEvidence, Snapshot } from './snapshot.ts'
import { compareStrings } from './text/compare-strings.ts'
import { unreadLabel } from './unread-label.ts'

type Located = Snapshot['objects'][number]

/**
 * Evidence with its lists in a fixed order, and each object once, as it was last read. Answers arrive in any order, and no
 * verdict may depend on it.
 */
export function sortEvidence(evidence: ReadEvidence): ReadEvidence {
  const { scope, at, objects, events, logs, series, counted, unread, reads } = evidence
  return {
    at,
    scope: {
      ...scope,
      alerts: by(
        scope.alerts,
        alert => `${alert.startsAt} ${alert.name} ${labelsOf(alert.labels)} ${alert.status}`,
      ),
    },
    objects: latest(objects),
    events: by(
      events,
      event =>
        `${event.lastAt} ${event.object.kind}/${event.object.name} ${event.reason} ${event.message} ${event.count} ${event.firstAt} ${event.evidence}`,
    ),
    logs: by(logs, log => `${log.pod}/${log.container}/${log.previous} ${log.evidence}`),
    series: by(series, ({ name, labels, evidence }) => `${name} ${labelsOf(labels)} ${evidence}`),
    counted: by(counted, ({ kind, evidence }) => `${kind} ${evidence}`),
    unread: by(unread, lack => `${unreadLabel(lack)} ${lack.evidence} ${lack.reason}`),
    reads: by(reads, read => `${read.question} ${read.evidence}`),
  }
}

/** Changes and calls in a fixed order. */
export function sortRelations({
  changes,
  edges,
}: Pick<Snapshot, 'changes' | 'edges'>): Pick<Snapshot, 'changes' | 'edges'> {
  return {
    changes: by(
      changes,
      change =>
        `${change.at} ${change.kind} ${change.subject.kind}/${change.subject.name} ${change.to} ${change.from} ${change.evidence.join(' ')} ${change.summary}`,
    ),
    edges: by(edges, edge => `${edge.from} ${edge.to} ${edge.via} ${edge.evidence}`),
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
  return by([...new Map(newestLast.map(located => [identity(located), located])).values()], identity)
}

function versionOf({ object }: Located): number {
  return Number(stringAt(object, 'metadata.resourceVersion') ?? 0) || 0
}

function labelsOf(labels: Record<string, string>): string {
  return JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

function by<T>(list: readonly T[], keyOf: (item: T) => string): T[] {
  return list
    .map(item => ({ item, key: keyOf(item) }))
    .toSorted((a, b) => compareStrings(a.key, b.key))
    .map(({ item }) => item)
}
