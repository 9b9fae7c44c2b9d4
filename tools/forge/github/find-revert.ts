import { z } from 'zod'
import type { Revert } from '../forge.ts'
import { type Account, isAccount } from './account.ts'
import type { GithubClient } from './github-client.ts'
import { isMerged, RawPullRequest } from './raw-pull-request.ts'
import { repositoryParameters } from './repository-parameters.ts'
import { revertBranchPrefix } from './revert-branch.ts'

/**
 * The pull request that our account opened to revert a commit for this action, open or not; undefined if there is none among
 * the newest hundred. It does not check whether the content is still the approved one: see `isApprovedRevert`.
 */
export async function findRevert(
  github: GithubClient,
  revert: Revert,
  account: Account,
  signal: AbortSignal,
): Promise<RawPullRequest | undefined> {
  const prefix = revertBranchPrefix(revert.sha, revert.actionId)
  const newest = await github.read('GET /repos/{owner}/{repo}/pulls', z.array(RawPullRequest), signal, {
    ...repositoryParameters(revert.repo),
    base: revert.branch,
    state: 'all',
    sort: 'created',
    direction: 'desc',
    per_page: 100,
  })
  const ours = newest.filter(
    pull =>
      pull.head.ref.startsWith(prefix) &&
      isAccount(account, pull.user) &&
      // Not from a fork, where a branch of that name belongs to someone else.
      pull.head.repo?.full_name.toLowerCase() === revert.repo.toLowerCase(),
  )
  return ours.find(isMerged) ?? ours.find(({ state }) => state === 'open') ?? ours[0]
}
