import { cardOf } from '../../codes.ts'
import type { ConfidenceCheck } from '../check.ts'

/** A cause that explains all that users feel anywhere needs no second one. */
export const explanatoryPower: ConfidenceCheck = ({ chain, findings }) => {
  const pains = findings.filter(one => cardOf(one.code).layer === 6)
  if (pains.length === 0 || pains.some(one => !chain.explained.includes(one))) return []
  const evidence = [...new Set(pains.flatMap(one => one.evidence))]
  return [{ side: 'for', code: 'EXPLAINS_ALL', message: 'it explains everything that users feel', evidence }]
}
