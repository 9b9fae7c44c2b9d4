import type { ConfidenceCheck } from '../check.ts'
import { counterfactual } from '../counterfactual.ts'

/** The rule run again on the world as it was before the change. */
export const counterfactualCheck: ConfidenceCheck = ({ view, chain: { root }, change }) => {
  const result = counterfactual(view, root, change)
  if (result === null) return []
  const { stillFires, message, evidence } = result
  return stillFires
    ? [{ side: 'against', code: 'FIRES_WITHOUT_CHANGE', message, evidence }]
    : [{ side: 'for', code: 'GONE_WITHOUT_CHANGE', message, evidence }]
}
