import { defineNode } from '../define-node.ts'
import type { InvestigationDeps } from '../ports.ts'
import { requireAction } from './require-action.ts'

/** Verifies recovery by the predicates that were approved with the action. */
export function verify(deps: InvestigationDeps) {
  return defineNode(deps, 'verify', async (state, signal) => ({
    actionState: await deps.actions.verify(requireAction(state), signal),
  }))
}
