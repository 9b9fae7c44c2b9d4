import { defineNode } from '../define-node.ts'
import type { InvestigationState } from '../investigation-state.ts'
import type { InvestigationDeps } from '../ports.ts'

// The ledger does the work of these nodes and continues where a crashed call ended, so each is one call.

/** Executes what was approved. */
export function act(deps: InvestigationDeps) {
  return defineNode(deps, 'act', async (state, signal) => ({
    actionState: await deps.actions.execute(actionOf(state), signal),
  }))
}

/** Verifies recovery by the predicates that were approved with the action. */
export function verify(deps: InvestigationDeps) {
  return defineNode(deps, 'verify', async (state, signal) => ({
    actionState: await deps.actions.verify(actionOf(state), signal),
  }))
}

/** Undoes the action, once. An undo is never undone: after it the incident needs human attention. */
export function undo(deps: InvestigationDeps) {
  return defineNode(deps, 'undo', async (state, signal) => ({
    actionState: await deps.actions.undo(actionOf(state), signal),
  }))
}

function actionOf({ actionId }: InvestigationState): string {
  if (actionId === null) throw new Error('The thread has no action, but this node is behind the gate.')
  return actionId
}
