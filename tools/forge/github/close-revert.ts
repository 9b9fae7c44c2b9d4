import { ExpectedError } from '@goalixa/chassis/errors'
import { z } from 'zod'
import type { Write } from '../../write.ts'
import type { RevertToClose } from '../forge.ts'
import type { GithubClient } from './github-client.ts'
import { isMerged, RawPullRequest } from './raw-pull-request.ts'
import { repositoryParameters } from './repository-parameters.ts'
import { actionTrailer } from './revert-branch.ts'

/** Comments on the pull request of a revert, once, and closes it, provided that nothing was pushed to it. */
export function closeRevert(github: GithubClient): Write<RevertToClose, { number: number }> {
  return {
    async run(revert, call) {
      const { signal } = call
      const { repo, number, sha, branch } = revert
      const pull = await readPull(github, revert, signal)
      if (isMerged(pull))
        throw new ExpectedError('conflict', 'ALREADY_MERGED', `Pull request ${number} is already merged.`)
      if (pull.head.ref !== branch || pull.head.sha !== sha)
        throw new ExpectedError(
          'conflict',
          'STATE_CHANGED',
          `Pull request ${number} has changed since it was opened; expected ${branch} at ${sha}.`,
        )
      if (!(await hasComment(github, revert, signal)))
        await github.write('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', z.unknown(), call, {
          ...repositoryParameters(repo),
          issue_number: number,
          body: commentBody(revert),
        })
      await github.write('PATCH /repos/{owner}/{repo}/pulls/{pull_number}', RawPullRequest, call, {
        ...repositoryParameters(repo),
        pull_number: number,
        state: 'closed',
      })
      return { number }
    },
    async findEffect(revert, { signal }) {
      const pull = await readPull(github, revert, signal)
      return pull.state === 'closed' && !isMerged(pull) ? { number: revert.number } : undefined
    },
  }
}

function readPull(github: GithubClient, { repo, number }: RevertToClose, signal: AbortSignal) {
  return github.read('GET /repos/{owner}/{repo}/pulls/{pull_number}', RawPullRequest, signal, {
    ...repositoryParameters(repo),
    pull_number: number,
  })
}

const Comments = z.array(z.looseObject({ body: z.string().nullish() }))

async function hasComment(
  github: GithubClient,
  { repo, number, actionId }: RevertToClose,
  signal: AbortSignal,
): Promise<boolean> {
  const comments = await github.read(
    'GET /repos/{owner}/{repo}/issues/{issue_number}/comments',
    Comments,
    signal,
    { ...repositoryParameters(repo), issue_number: number, per_page: 100 },
  )
  return comments.some(({ body }) => body?.includes(actionTrailer(actionId)))
}

function commentBody({ comment, actionId }: RevertToClose): string {
  return `${comment ?? 'This revert did not help and is being undone.'}\n\n${actionTrailer(actionId)}`
}
