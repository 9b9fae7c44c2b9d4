import type { ThreadConclusions } from '../create-conclusions.ts'
import { defineNode } from '../define-node.ts'
import type { InvestigationDeps } from '../ports.ts'

/** Checks the chosen proposal before anyone sees it, and enters it into the ledger, where the policy decides. */
export function review(deps: InvestigationDeps, conclusions: ThreadConclusions) {
  const { engine, actions } = deps
  return defineNode(deps, 'review', async state => {
    const { investigationId } = state
    const { view } = await conclusions.diagnosisOf(state)
    const { verdict, choice } = await conclusions.decisionOf(state)
    const { proposal } = choice
    if (!proposal) return { actionState: null }
    const { objections } = engine.reviewProposal({ proposal, verdict, snapshot: view.snapshot })
    const { actionId, state: actionState } = await actions.submit({ investigationId, proposal, objections })
    // The next node waits for a decision.
    conclusions.forget(investigationId)
    return { actionId, actionState }
  })
}
