import { defineNode } from '../define-node.ts'
import type { InvestigationDeps } from '../ports.ts'

/** Checks the proposal before a person sees it, and puts it into the ledger, where the policy speaks. */
export function review(deps: InvestigationDeps) {
  const { engine, record, actions } = deps
  return defineNode(deps, 'review', async ({ investigationId }) => {
    const scope = await record.scope(investigationId)
    const snapshot = engine.buildSnapshot(scope, await record.evidence(investigationId))
    const verdict = await record.verdict(investigationId)
    // Chosen again rather than carried in the state: the function is pure and the state holds references only.
    const { proposal } = engine.chooseProposal({ snapshot, verdict })
    if (!proposal) return { actionState: null }
    const { objections } = engine.reviewProposal({ proposal, verdict, snapshot })
    const { actionId, state } = await actions.submit({ investigationId, proposal, objections })
    return { actionId, actionState: state }
  })
}
