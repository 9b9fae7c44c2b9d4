import type { Snapshot } from '../snapshot/snapshot.ts'
import type { Verdict } from './verdict.ts'

/** The verdict without anything that does not cite evidence of this snapshot. A cause with a broken chain goes whole. */
export function dropUncited(snapshot: Snapshot, verdict: Verdict): Verdict {
  const known = new Set<string>([
    ...snapshot.objects.map(object => object.evidence),
    ...snapshot.events.map(one => one.evidence),
    ...snapshot.logs.map(log => log.evidence),
    ...snapshot.series.map(series => series.evidence),
    ...snapshot.edges.map(edge => edge.evidence),
    ...snapshot.changes.flatMap(change => change.evidence),
    ...snapshot.reads.map(read => read.evidence),
    ...snapshot.unread.map(one => one.evidence),
  ])
  const isCited = ({ evidence }: { evidence: string[] }) =>
    evidence.length > 0 && evidence.every(id => known.has(id))
  const causes = verdict.causes
    .filter(cause => cause.chain.length > 0 && cause.chain.every(isCited))
    .map(cause => ({
      ...cause,
      change: cause.change !== null && isCited(cause.change) ? cause.change : null,
      for: cause.for.filter(isCited),
      against: cause.against.filter(isCited),
    }))
  return {
    ...verdict,
    outcome: verdict.outcome === 'cause' && causes.length === 0 ? 'inconclusive' : verdict.outcome,
    causes,
    ruledOut: verdict.ruledOut.filter(isCited),
    findings: verdict.findings.filter(isCited),
  }
}
