import type { Actions } from '@goalixa/agents/graphs/ports'
import type { ActionsDeps } from './actions-deps.ts'
import { createExecuteAction } from './execution/execute-action.ts'
import { createSubmitAction } from './execution/submit-action.ts'
import { createUndoAction } from './undo/undo-action.ts'
import { createVerifyAction } from './verification/verify-action.ts'

/** Submits, executes, verifies and undoes the actions of the ledger. Every method resumes where a crashed call stopped. */
export function createActionsService(deps: ActionsDeps): Actions {
  return {
    submit: createSubmitAction(deps),
    execute: createExecuteAction(deps),
    verify: createVerifyAction(deps),
    undo: createUndoAction(deps),
  }
}
