import type { PullRequest } from '../pull-requests.ts'
import type { GithubClient } from './github-client.ts'
import { isMerged, RawPullRequest } from './raw-pull-request.ts'
import { repositoryParameters } from './repository-parameters.ts'

/** One pull request as GitHub gives it. */
export function readPullRequest(
  github: GithubClient,
  { repo, number }: { repo: string; number: number },
  signal: AbortSignal,
): Promise<RawPullRequest> {
  return github.read('GET /repos/{owner}/{repo}/pulls/{pull_number}', RawPullRequest, signal, {
    ...repositoryParameters(repo),
    pull_number: number,
  })
}

/** The state of one pull request. */
export async function getPullRequest(
  github: GithubClient,
  pull: { repo: string; number: number },
  signal: AbortSignal,
): Promise<PullRequest> {
  const raw = await readPullRequest(github, pull, signal)
  return {
    number: raw.number,
    title: raw.title,
    state: raw.state,
    merged: isMerged(raw),
    head: { ref: raw.head.ref, sha: raw.head.sha },
    base: { ref: raw.base.ref, sha: raw.base.sha },
    mergeable: raw.mergeable ?? null,
    // On an open pull request this is the commit of a trial merge.
    mergeSha: isMerged(raw) ? (raw.merge_commit_sha ?? null) : null,
  }
}
