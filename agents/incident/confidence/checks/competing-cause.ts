import { cardOf } from '../../analysers/registry.ts'
import type { Finding } from '../../verdict.ts'
import type { ConfidenceCheck } from '../check.ts'

/** Another root, elsewhere, that would explain the same symptom. */
export const competingCause: ConfidenceCheck = ({ chain, rivals }) => {
  const symptom = chain.links.at(-1)
  const other = rivals.find(
    rival =>
      rival !== chain &&
      isElsewhere(rival.root, chain.root) &&
      rival.links.at(-1)?.subject.name === symptom?.subject.name,
  )
  if (other === undefined) return []
  const message = `this would explain it too: ${other.root.message}`
  return [{ side: 'against', code: 'RIVAL', message, evidence: other.root.evidence }]
}

/** More users are another reason than the service that they reach. */
function isElsewhere(a: Finding, b: Finding): boolean {
  const isLoad = ({ code }: Finding) => cardOf(code).kind === 'load'
  return a.service !== b.service || isLoad(a) !== isLoad(b)
}
