import { cardOf } from '../../codes.ts'
import type { ConfidenceCheck } from '../check.ts'

const MEASURED = /^(?:REVISION_|SERVICE_SLOW|SERVICE_ERRORS|MEMORY_)/

/** What an object's own fields or status say is read, not inferred from measurements. */
export const directObservation: ConfidenceCheck = ({ chain: { root } }) => {
  if (cardOf(root.code).layer === 0 || MEASURED.test(root.code)) return []
  const message = 'it is read from the object itself, not inferred from measurements'
  return [{ side: 'for', code: 'OBJECT_SAYS_SO', message, evidence: root.evidence }]
}
