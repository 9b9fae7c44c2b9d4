import type { Snapshot } from '../snapshot/snapshot.ts'

/** The snapshot without some answers, given by evidence id. `isReported`: whether it lists them as unread. */
export function dropAnswers(snapshot: Snapshot, gone: Set<string>, isReported: boolean): Snapshot {
  const lost = snapshot.reads.filter(read => gone.has(read.evidence))
  const stays = (item: { evidence: string }) => !gone.has(item.evidence)
  const unread = lost.map(({ evidence, question, tool }) => ({ evidence, question, tool, reason: 'away' }))
  return {
    ...snapshot,
    objects: snapshot.objects.filter(stays),
    events: snapshot.events.filter(stays),
    logs: snapshot.logs.filter(stays),
    series: snapshot.series.filter(stays),
    edges: snapshot.edges.filter(stays),
    reads: snapshot.reads.filter(stays),
    changes: snapshot.changes.filter(change => !change.evidence.some(id => gone.has(id))),
    unread: [...snapshot.unread, ...(isReported ? unread : [])],
  }
}
