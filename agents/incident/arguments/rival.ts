import type { Judgement } from './judgement.ts'

/** Another root, elsewhere, that would explain the same symptom. */
export const rival: Judgement = ({ chain, rivals }) => {
  const symptom = chain.links.at(-1)
  const other = rivals.find(
    one =>
      one !== chain &&
      one.root.service !== chain.root.service &&
      one.links.at(-1)?.subject.name === symptom?.subject.name,
  )
  if (other === undefined) return []
  const says = `this would explain it too: ${other.root.says}`
  return [{ side: 'against', code: 'RIVAL', says, evidence: other.root.evidence }]
}
