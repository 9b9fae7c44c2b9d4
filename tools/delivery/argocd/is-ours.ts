import { ACTION_ID_ANNOTATION } from '../../idempotency-key.ts'
import type { RawOperation } from './raw-application.ts'

/** Tells our own operation from others'. */
export type IsOurs = (operation: RawOperation) => boolean

/** By the mark that a sync takes along. */
export function bearsMark(actionId: string): IsOurs {
  return ({ info }) => (info ?? []).some(one => one.name === ACTION_ID_ANNOTATION && one.value === actionId)
}

/**
 * A rollback takes no mark along. It is ours if our own account asked for it, and it is what only a rollback is: that very
 * revision, applied without hooks and without a mark. Another action of ours can not have asked: it would hold the target.
 */
export function isRollbackTo(revision: string, username: string | null): IsOurs {
  return ({ sync, info, initiatedBy }) =>
    username !== null &&
    initiatedBy?.username === username &&
    // Of several sources the first one is looked at, as everywhere.
    (sync?.revision || sync?.revisions?.[0]) === revision &&
    Boolean(sync?.syncStrategy?.apply) &&
    sync?.dryRun !== true &&
    !(info ?? []).some(one => one.name === ACTION_ID_ANNOTATION)
}
