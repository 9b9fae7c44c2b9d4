import type { Snapshot } from '../snapshot/snapshot.ts'
import type { Verdict } from './verdict.ts'

/** The verdict without anything that does not cite evidence of this snapshot. A cause with a broken chain goes whole. */
export function dropUncited(snapshot: Snapshot, verdict: Verdict): Verdict {
  const known = new Set<string>([
    ...snapshot.objects.map(one => one.evidence),
    ...snapshot.events.map(one => one.evidence),
    ...snapshot.logs.map(one => one.evidence),
    ...snapshot.series.map(one => one.evidence),
    ...snapshot.edges.map(one => one.evidence),
    ...snapshot.changes.flatMap(one => one.evidence),
    ...snapshot.reads.map(one => one.evidence),
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
