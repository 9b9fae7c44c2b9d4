import type { PendingRevert } from '@goalixa/agents/devops/proposal'
import { App } from '@goalixa/tools/delivery/app'
import { Containment } from '@goalixa/tools/forge/commits'
import { PullRequest } from '@goalixa/tools/forge/pull-requests'
import type { ToolExecutor } from '../actions/execution/tool-executor.ts'
import { isMergedAsOpened } from './is-merged-as-opened.ts'
import { isReverted } from './is-reverted.ts'

/** The pull request that Syntra opened, and the commit with which it did. */
export type OpenedPull = { number: number; sha: string | null }

export type PendingRevertDecision =
  | { what: 'wait' }
  | { what: 'continue' }
  | { what: 'give-up'; message: string }

/**
 * Whether to continue once people have reverted the release in Git, through our pull request or another way. Auto-sync is
 * restored only when the commit that Argo CD would deploy no longer contains the release, which its content shows and no
 * merge alone; otherwise the release would return at once. Never where a person has decided otherwise in the meantime. Throws what a read throws.
 */
export async function evaluatePendingRevert(
  pendingRevert: PendingRevert,
  pull: OpenedPull | null,
  toolExecutor: Pick<ToolExecutor, 'read'>,
  signal: AbortSignal,
): Promise<PendingRevertDecision> {
  const { app: name, repo, pause } = pendingRevert
  const left = pause === undefined ? 'The release was not reverted' : `Auto-sync of ${name} stays off`
  const app = App.parse(await toolExecutor.read('delivery_get_app', { name }, signal))
  if (pause !== undefined && app.automated !== null)
    return giveUp(`Auto-sync of ${name} was turned on by someone else; it is left as it is.`)
  if (pull === null) return giveUp(`${left}: no pull request reverts the release. Needs human attention.`)
  const { merged, state, mergeSha } = PullRequest.parse(
    await toolExecutor.read('forge_get_pull_request', { repo, number: pull.number }, signal),
  )
  // Argo CD is refreshed next, so it need not have seen the merge yet.
  if (merged && pause === undefined)
    return (await isMergedWell(mergeSha, mergeSha)) ? { what: 'continue' } : mergedOtherwise()
  if (app.isOperating || app.revision === null) return { what: 'wait' }
  if (merged) {
    if (!(await contains(mergeSha, app.revision))) return { what: 'wait' }
    return (await isMergedWell(mergeSha, app.revision)) ? { what: 'continue' } : mergedOtherwise()
  }
  if (await isReverted({ repo, sha: pendingRevert.sha }, app.revision, toolExecutor, signal))
    return { what: 'continue' }
  if (state !== 'closed') return { what: 'wait' }
  const autoSync = pause === undefined ? '' : ' and turn auto-sync on again'
  return giveUp(
    `${left}: pull request #${pull.number} was closed without being merged, and Git still contains the release. Revert it in Git${autoSync}.`,
  )

  /** Whether the merge is that of the revert as Syntra opened it, or `head` has everything as it was before the release. */
  async function isMergedWell(merge: string | null, head: string | null): Promise<boolean> {
    if (merge === null || head === null) return false
    const revert = pull?.sha ?? null
    if (revert !== null && (await isMergedAsOpened({ repo, revert, merge }, toolExecutor, signal)))
      return true
    return isReverted({ repo, sha: pendingRevert.sha }, head, toolExecutor, signal)
  }

  function mergedOtherwise(): PendingRevertDecision {
    return giveUp(
      `${left}: pull request #${pull?.number} was merged with other content than Syntra opened it with, and Git still contains the release. Needs human attention.`,
    )
  }

  async function contains(sha: string | null, head: string): Promise<boolean> {
    if (sha === null) return false
    return Containment.parse(await toolExecutor.read('forge_contains_commit', { repo, sha, head }, signal))
      .contains
  }
}

function giveUp(message: string): PendingRevertDecision {
  return { what: 'give-up', message }
}
