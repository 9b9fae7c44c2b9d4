import type { FollowUp } from '@goalixa/agents/devops/proposal'
import { App } from '@goalixa/tools/argocd/app'
import { ContainsCommit } from '@goalixa/tools/github/contains-commit'
import { GotPullRequest } from '@goalixa/tools/github/get-pull-request'
import type { Toolbox } from './toolbox.ts'

export type Judgement = { what: 'wait' } | { what: 'restore' } | { what: 'give-up'; says: string }

/**
 * Whether auto-sync may come back: only when the commit that Argo CD would deploy contains the merged revert, else it would
 * bring the bad release back at once. Never where a person has decided otherwise meanwhile. Throws what a read throws.
 */
export async function judgeFollowUp(
  { app: name, repo }: FollowUp,
  pull: number | null,
  toolbox: Pick<Toolbox, 'read'>,
  signal: AbortSignal,
): Promise<Judgement> {
  const app = App.parse(await toolbox.read('argocd_get_app', { name }, signal))
  if (app.automated !== null) return giveUp(`Somebody has turned auto-sync of ${name} on: it stays as it is.`)
  if (pull === null)
    return giveUp(
      `Auto-sync of ${name} stays off: no pull request takes the release back. A person has to look.`,
    )
  const { merged, state, mergeSha } = GotPullRequest.parse(
    await toolbox.read('github_get_pull_request', { repo, number: pull }, signal),
  )
  if (!merged && state === 'closed')
    return giveUp(
      `Auto-sync of ${name} stays off: pull request #${pull} was closed without being merged. A person has to look.`,
    )
  if (!merged || mergeSha === null || app.revision === null || app.isOperating) return { what: 'wait' }
  const { contains } = ContainsCommit.parse(
    await toolbox.read('github_contains_commit', { repo, sha: mergeSha, head: app.revision }, signal),
  )
  return { what: contains ? 'restore' : 'wait' }
}

function giveUp(says: string): Judgement {
  return { what: 'give-up', says }
}
