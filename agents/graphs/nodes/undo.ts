import { defineNode } from '../define-node.ts'
import type { InvestigationDeps } from '../ports.ts'
import { requireAction } from './require-action.ts'

/** Takes the action back, once. There is no undo of an undo: after it a person is asked. */
export function undo(deps: InvestigationDeps) {
  return defineNode(deps, 'undo', async (state, signal) => ({
    actionState: await deps.actions.undo(requireAction(state), signal),
  }))
}
