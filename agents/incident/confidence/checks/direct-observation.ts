import { cardOf } from '../../analysers/registry.ts'
import type { ConfidenceCheck } from '../check.ts'

/** What an object's own fields or status say is read, not inferred from measurements. */
export const directObservation: ConfidenceCheck = ({ chain: { root } }) => {
  const { layer, basis } = cardOf(root.code)
  if (layer === 'infrastructure' || basis !== 'observation') return []
  const message = 'it is read from the object itself, not inferred from measurements'
  return [{ side: 'for', code: 'OBJECT_SAYS_SO', message, evidence: root.evidence }]
}
