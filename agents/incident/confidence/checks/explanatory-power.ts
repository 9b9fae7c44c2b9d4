import { cardOf } from '../../analysers/registry.ts'
import type { ConfidenceCheck } from '../check.ts'

/** A cause that explains all that users feel anywhere needs no second one. */
export const explanatoryPower: ConfidenceCheck = ({ chain, findings }) => {
  const pains = findings.filter(finding => cardOf(finding.code).layer === 'user-impact')
  if (pains.length === 0 || pains.some(pain => !chain.explained.includes(pain))) return []
  const evidence = [...new Set(pains.flatMap(pain => pain.evidence))]
  return [{ side: 'for', code: 'EXPLAINS_ALL', message: 'it explains everything that users feel', evidence }]
}
