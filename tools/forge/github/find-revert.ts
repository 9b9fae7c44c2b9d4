import { z } from 'zod'
import type { Revert } from '../forge.ts'
import type { GithubClient } from './github-client.ts'
import { RawPullRequest } from './raw-pull-request.ts'
import { repositoryParameters } from './repository-parameters.ts'
import { actionTrailer, revertBranch } from './revert-branch.ts'

/** The pull request that this action opened to revert a commit, open or not; undefined if there is none. */
export async function findRevert(github: GithubClient, revert: Revert, signal: AbortSignal) {
  const parameters = repositoryParameters(revert.repo)
  const head = `${parameters.owner}:${revertBranch(revert.sha, revert.actionId)}`
  const found = await github.read('GET /repos/{owner}/{repo}/pulls', z.array(RawPullRequest), signal, {
    ...parameters,
    head,
    base: revert.branch,
    state: 'all',
  })
  for (const pull of found) {
    if (pull.head.ref !== revertBranch(revert.sha, revert.actionId)) continue
    const { message } = await github.read(
      'GET /repos/{owner}/{repo}/git/commits/{commit_sha}',
      z.looseObject({ message: z.string() }),
      signal,
      { ...parameters, commit_sha: pull.head.sha },
    )
    if (message.split('\n').includes(actionTrailer(revert.actionId))) return pull
  }
  return undefined
}
