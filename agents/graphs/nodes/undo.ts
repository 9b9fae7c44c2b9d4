import { defineNode } from '../define-node.ts'
import type { InvestigationDeps } from '../ports.ts'
import { requireAction } from './require-action.ts'

/** Undoes the action, once. An undo is never undone: after it the incident needs human attention. */
export function undo(deps: InvestigationDeps) {
  return defineNode(deps, 'undo', async (state, signal) => ({
    actionState: await deps.actions.undo(requireAction(state), signal),
  }))
}
