import { ACTION_ID_ANNOTATION } from '../../action-id-annotation.ts'
import type { RawOperation } from './raw-application.ts'

/** Whether an operation was requested by this very action. */
export type IsOurs = (operation: RawOperation) => boolean

/** By the action id that a sync carries. */
export function carriesActionId(actionId: string): IsOurs {
  return ({ info }) =>
    (info ?? []).some(entry => entry.name === ACTION_ID_ANNOTATION && entry.value === actionId)
}

/**
 * A rollback carries no action id. It is ours if our own account requested it, and it has what only a rollback has: that very
 * revision, applied without hooks and without an id. No other action of ours can have requested it, because an action
 * holds the lease of its target.
 */
export function isRollbackTo(revision: string, username: string | null): IsOurs {
  return ({ sync, info, initiatedBy }) =>
    username !== null &&
    initiatedBy?.username === username &&
    // Of several sources the first one counts, as everywhere.
    (sync?.revision || sync?.revisions?.[0]) === revision &&
    Boolean(sync?.syncStrategy?.apply) &&
    sync?.dryRun !== true &&
    !(info ?? []).some(entry => entry.name === ACTION_ID_ANNOTATION)
}
