import { isDeepStrictEqual } from 'node:util'
import { ExpectedError } from '@goalixa/chassis/errors'
import { ACTION_ID_ANNOTATION } from '../../action-id-annotation.ts'
import type { SyncRequest } from '../delivery-system.ts'
import type { ArgocdClient } from './argocd-client.ts'
import type { RawDeployment, RawOperation } from './raw-application.ts'

/** Whether an operation was requested by this very action. Argo CD itself records who requested it, in `initiatedBy`. */
export type IsOurs = (operation: RawOperation) => boolean

/** Reads the account of our token. Throws `forbidden` ACCOUNT_UNKNOWN where Argo CD does not name it. */
export async function requireAccount(argocd: ArgocdClient, signal: AbortSignal): Promise<string> {
  const username = await argocd.username(signal)
  if (username) return username
  throw new ExpectedError(
    'forbidden',
    'ACCOUNT_UNKNOWN',
    'Argo CD does not name the account of the token, so Syntra could not distinguish its operations from those of others.',
  )
}

/** A sync of the whole application, without pruning, requested by our account with the action's id. The id alone proves nothing: anyone can send it. */
export function isSyncOf(
  { revision, actionId }: Pick<SyncRequest, 'revision' | 'actionId'>,
  username: string | null,
): IsOurs {
  return ({ sync, info, initiatedBy }) =>
    username !== null &&
    initiatedBy?.username === username &&
    (revision === undefined || sync?.revision === revision) &&
    sync?.dryRun !== true &&
    sync?.prune !== true &&
    (sync?.resources ?? []).length === 0 &&
    (info ?? []).some(entry => entry.name === ACTION_ID_ANNOTATION && entry.value === actionId)
}

/**
 * A rollback carries no action id. It is ours if our own account requested it, and it has what only a rollback has: that very
 * deployment, applied without hooks and without an id. No other action of ours can have requested it, because an action
 * holds the lease of its target.
 */
export function isRollbackTo(entry: RawDeployment, username: string | null): IsOurs {
  return ({ sync, info, initiatedBy }) =>
    username !== null &&
    initiatedBy?.username === username &&
    (sync?.revision || null) === (entry.revision || null) &&
    isDeepStrictEqual(sync?.revisions ?? [], entry.revisions ?? []) &&
    isDeepStrictEqual(sync?.source ?? null, entry.source ?? null) &&
    isDeepStrictEqual(sync?.sources ?? [], entry.sources ?? []) &&
    Boolean(sync?.syncStrategy?.apply) &&
    sync?.dryRun !== true &&
    !(info ?? []).some(({ name }) => name === ACTION_ID_ANNOTATION)
}
