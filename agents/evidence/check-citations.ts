import type { Evidence } from '@goalixa/tools/evidence'
import type { Snapshot } from '../incident/snapshot.ts'

/** One sentence of a story with what it rests on. `hops` are the calls that it claims, from caller to callee. */
export type Claim = { says: string; evidence: string[]; hops?: { from: string; to: string }[] }
export type Checked = { kept: Claim[]; dropped: { claim: Claim; because: string }[] }

/**
 * Separates claims that may be printed from those that may not: a claim is dropped if it cites nothing, cites evidence that
 * does not exist or could not be read, or tells of a call between two services that none of the cited reads shows.
 */
export function checkCitations(
  claims: Claim[],
  evidence: readonly Evidence[],
  snapshot: Pick<Snapshot, 'edges'>,
): Checked {
  const checked = claims.map(claim => ({ claim, because: faultOf(claim, evidence, snapshot) }))
  return {
    kept: checked.filter(one => one.because === null).map(one => one.claim),
    dropped: checked.flatMap(({ claim, because }) => (because === null ? [] : [{ claim, because }])),
  }
}

function faultOf(
  claim: Claim,
  evidence: readonly Evidence[],
  snapshot: Pick<Snapshot, 'edges'>,
): string | null {
  if (claim.evidence.length === 0) return 'it cites no evidence'
  for (const id of claim.evidence) {
    const found = evidence.find(one => one.id === id)
    if (found === undefined) return `${id} does not exist`
    if (found.outcome === 'unread') return `${id} could not be read`
  }
  const unread = (claim.hops ?? []).find(
    hop =>
      !snapshot.edges.some(
        edge => edge.from === hop.from && edge.to === hop.to && claim.evidence.includes(edge.evidence),
      ),
  )
  return unread === undefined ? null : `nothing it cites shows that ${unread.from} calls ${unread.to}`
}
