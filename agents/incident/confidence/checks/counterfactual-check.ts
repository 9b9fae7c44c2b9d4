import { counterfactual } from '../counterfactual.ts'
import type { Judgement } from '../check.ts'

/** The rule run again on the world as it was before the change. */
export const putBack: Judgement = ({ view, chain: { root }, change }) => {
  const result = counterfactual(view, root, change)
  if (result === null) return []
  const { stillFires, says, evidence } = result
  return stillFires
    ? [{ side: 'against', code: 'FIRES_WITHOUT_CHANGE', says, evidence }]
    : [{ side: 'for', code: 'GONE_WITHOUT_CHANGE', says, evidence }]
}
