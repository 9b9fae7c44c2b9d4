import { cardOf } from '../../analysers/registry.ts'
import type { ConfidenceCheck } from '../check.ts'

/** A change on the path, before the onset, of the right kind; its absence counts where only a change could do it. */
export const changeFits: ConfidenceCheck = ({ chain: { root }, change }) => {
  if (change !== null) {
    const message = `a change of the right kind came before it: ${change.summary}`
    return [{ side: 'for', code: 'CHANGE_FITS', message, evidence: change.evidence }]
  }
  const { layer, mechanism } = cardOf(root.code)
  if (mechanism === null || layer === 'infrastructure') return []
  const message = 'no change was found that would bring it about'
  return [{ side: 'against', code: 'NO_CHANGE_FOUND', message, evidence: root.evidence }]
}
