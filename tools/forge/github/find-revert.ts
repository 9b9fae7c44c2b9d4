import { z } from 'zod'
import type { GithubClient } from './github-client.ts'
import { RawPullRequest } from './raw-pull-request.ts'
import { repositoryParameters } from './repository.ts'
import { actionTrailer, revertBranch } from './revert-branch.ts'

type Wanted = { repo: string; branch: string; sha: string; actionId: string }

/** The pull request that this action opened to revert a commit, open or not; undefined if there is none. */
export async function findRevert(github: GithubClient, wanted: Wanted, signal: AbortSignal) {
  const parameters = repositoryParameters(wanted.repo)
  const head = `${parameters.owner}:${revertBranch(wanted.sha, wanted.actionId)}`
  const found = await github.read('GET /repos/{owner}/{repo}/pulls', z.array(RawPullRequest), signal, {
    ...parameters,
    head,
    base: wanted.branch,
    state: 'all',
  })
  for (const pull of found) {
    if (pull.head.ref !== revertBranch(wanted.sha, wanted.actionId)) continue
    const { message } = await github.read(
      'GET /repos/{owner}/{repo}/git/commits/{commit_sha}',
      z.looseObject({ message: z.string() }),
      signal,
      { ...parameters, commit_sha: pull.head.sha },
    )
    if (message.split('\n').includes(actionTrailer(wanted.actionId))) return pull
  }
  return undefined
}
