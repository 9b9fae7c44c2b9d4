import type { PendingRevert } from '@goalixa/agents/devops/proposal'
import { App } from '@goalixa/tools/delivery/app'
import { Containment } from '@goalixa/tools/forge/commits'
import { PullRequest } from '@goalixa/tools/forge/pull-requests'
import type { ToolExecutor } from '../actions/execution/tool-executor.ts'
import { isReverted } from './is-reverted.ts'

export type ConfidenceCheck = { what: 'wait' } | { what: 'go-on' } | { what: 'give-up'; message: string }

/**
 * Whether to go on after people took the release back in Git, through our pull request or another way. Auto-sync only comes
 * back when the commit that Argo CD would deploy holds the release no more, else that would be back at once; never where a
 * person has decided otherwise meanwhile. Throws what a read throws.
 */
export async function evaluatePendingRevert(
  pendingRevert: PendingRevert,
  pull: number | null,
  toolExecutor: Pick<ToolExecutor, 'read'>,
  signal: AbortSignal,
): Promise<ConfidenceCheck> {
  const { app: name, repo, pause } = pendingRevert
  const left = pause === undefined ? 'The release was not taken back' : `Auto-sync of ${name} stays off`
  const app = App.parse(await toolExecutor.read('delivery_get_app', { name }, signal))
  if (pause !== undefined && app.automated !== null)
    return recordFailure(`Somebody has turned auto-sync of ${name} on: it stays as it is.`)
  if (pull === null)
    return recordFailure(`${left}: no pull request takes the release back. A person has to look.`)
  const { merged, state, mergeSha } = PullRequest.parse(
    await toolExecutor.read('forge_get_pull_request', { repo, number: pull }, signal),
  )
  // Argo CD is made to look at what was merged, so that need not be seen yet.
  if (merged && pause === undefined) return { what: 'go-on' }
  if (app.isOperating || app.revision === null) return { what: 'wait' }
  if (merged) return { what: (await contains(mergeSha, app.revision)) ? 'go-on' : 'wait' }
  if (await isReverted({ repo, sha: pendingRevert.sha }, app.revision, toolExecutor, signal))
    return { what: 'go-on' }
  if (state !== 'closed') return { what: 'wait' }
  const byHand = pause === undefined ? '' : ` and turn auto-sync on again`
  return recordFailure(
    `${left}: pull request #${pull} was closed without being merged, and Git still holds the release. Take it back in Git${byHand}.`,
  )

  async function contains(sha: string | null, head: string): Promise<boolean> {
    if (sha === null) return false
    return Containment.parse(await toolExecutor.read('forge_contains_commit', { repo, sha, head }, signal))
      .contains
  }
}

function recordFailure(message: string): ConfidenceCheck {
  return { what: 'give-up', message }
}
