import type { Snapshot } from '../snapshot/snapshot.ts'

/** Creates a predicate: whether something cites evidence, and only evidence that is in this snapshot. */
export function createCitationCheck(snapshot: Snapshot): (cited: { evidence: string[] }) => boolean {
  const known = new Set<string>([
    ...snapshot.objects.map(object => object.evidence),
    ...snapshot.events.map(event => event.evidence),
    ...snapshot.logs.map(log => log.evidence),
    ...snapshot.series.map(series => series.evidence),
    ...snapshot.edges.map(edge => edge.evidence),
    ...snapshot.changes.flatMap(change => change.evidence),
    ...snapshot.reads.map(read => read.evidence),
    ...snapshot.unread.map(lack => lack.evidence),
  ])
  return ({ evidence }) => evidence.length > 0 && evidence.every(id => known.has(id))
}
