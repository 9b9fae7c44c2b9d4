import { defineNode } from '../define-node.ts'
import type { InvestigationDeps } from '../ports.ts'
import { requireAction } from './require-action.ts'

/** Executes what was approved. The ledger ensures that each effect happens once. */
export function act(deps: InvestigationDeps) {
  return defineNode(deps, 'act', async (state, signal) => ({
    actionState: await deps.actions.execute(requireAction(state), signal),
  }))
}
