import type { Finding } from '../../verdict.ts'
import type { Judgement } from '../check.ts'

/** Another root, elsewhere, that would explain the same symptom. */
export const rival: Judgement = ({ chain, rivals }) => {
  const symptom = chain.links.at(-1)
  const other = rivals.find(
    one =>
      one !== chain &&
      isElsewhere(one.root, chain.root) &&
      one.links.at(-1)?.subject.name === symptom?.subject.name,
  )
  if (other === undefined) return []
  const says = `this would explain it too: ${other.root.says}`
  return [{ side: 'against', code: 'RIVAL', says, evidence: other.root.evidence }]
}

/** More users are another reason than the service that they reach. */
function isElsewhere(a: Finding, b: Finding): boolean {
  const isSurge = (one: Finding) => one.code === 'TRAFFIC_SURGE'
  return a.service !== b.service || isSurge(a) !== isSurge(b)
}
