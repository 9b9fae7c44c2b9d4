import { z } from 'zod'
import type { Revert } from '../forge.ts'
import type { Account } from './account.ts'
import type { GitCommit, GitWriter } from './git-data.ts'
import type { GithubClient } from './github-client.ts'
import { isApprovedRevert } from './prove-revert.ts'
import { repositoryParameters } from './repository-parameters.ts'
import { revertBranches, revertBranchPrefix } from './revert-branch.ts'

/** Anyone can push branches with our prefix. Only this many are examined; if none of them is ours, a new revert is made. */
const MAX_BRANCHES = 10

const Reference = z.looseObject({ ref: z.string(), object: z.looseObject({ sha: z.string() }) })

/**
 * The commit of a revert for which an earlier attempt has made a branch but, as far as can be seen, no pull request; undefined if there
 * is none. Its request for the pull request may still be on the way. If the next attempt names the same branch, GitHub refuses the
 * second of the two; a revert made again, on a branch that has moved on, would get a second pull request.
 */
export async function findPreparedRevert(
  github: GithubClient,
  git: GitWriter,
  revert: Revert,
  account: Account,
  signal: AbortSignal,
): Promise<GitCommit | undefined> {
  const references = await github.read(
    'GET /repos/{owner}/{repo}/git/matching-refs/{ref}',
    z.array(Reference),
    signal,
    {
      ...repositoryParameters(revert.repo),
      ref: `heads/${revertBranchPrefix(revert.sha, revert.actionId)}`,
      per_page: MAX_BRANCHES,
    },
  )
  for (const { ref, object } of references.slice(0, MAX_BRANCHES)) {
    // One that someone has moved no longer has the name of its commit.
    const names = revertBranches(revert.sha, revert.actionId, object.sha)
    if (!names.includes(ref.replace('refs/heads/', ''))) continue
    if (await isApprovedRevert(git, revert, object.sha, account)) return git.commitAt(object.sha)
  }
  return undefined
}
