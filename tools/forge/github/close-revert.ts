import { ExpectedError } from '@goalixa/chassis/errors'
import type { Write } from '../../write.ts'
import type { RevertToClose } from '../forge.ts'
import { isAccount, readAccount } from './account.ts'
import type { GithubClient } from './github-client.ts'
import { isMerged, RawPullRequest } from './raw-pull-request.ts'
import { readPullRequest } from './read-pull-request.ts'
import { repositoryParameters } from './repository-parameters.ts'
import { actionTrailer } from './revert-branch.ts'

/**
 * Closes the pull request of a revert, provided that we opened it and nothing was pushed to it. The reason is added to its
 * description in the same request, and not as a comment, which would appear twice if the request arrived twice.
 */
export function closeRevert(github: GithubClient): Write<RevertToClose, { number: number }> {
  return {
    async run(revert, call) {
      const { repo, number, sha, branch } = revert
      const pull = await readPullRequest(github, revert, call.signal)
      if (!isAccount(await readAccount(github, call.signal), pull.user))
        throw new ExpectedError(
          'conflict',
          'REVERT_NOT_OURS',
          `Pull request ${number} was opened by ${pull.user?.login ?? 'an unknown account'} and not by Syntra; it is left as it is.`,
        )
      if (isMerged(pull))
        throw new ExpectedError('conflict', 'ALREADY_MERGED', `Pull request ${number} is already merged.`)
      if (pull.head.ref !== branch || pull.head.sha !== sha)
        throw new ExpectedError(
          'conflict',
          'STATE_CHANGED',
          `Pull request ${number} has changed since it was opened; expected ${branch} at ${sha}, and it is ${pull.head.ref} at ${pull.head.sha}.`,
        )
      await github.write('PATCH /repos/{owner}/{repo}/pulls/{pull_number}', RawPullRequest, call, {
        ...repositoryParameters(repo),
        pull_number: number,
        state: 'closed',
        body: closingBody(pull.body ?? '', revert),
      })
      return { number }
    },
    // Whoever closed it: a pull request that is closed cannot be merged.
    async findEffect(revert, { signal }) {
      const pull = await readPullRequest(github, revert, signal)
      return pull.state === 'closed' && !isMerged(pull) ? { number: revert.number } : undefined
    },
  }
}

function closingBody(body: string, { comment, actionId }: RevertToClose): string {
  const closing = `${comment ?? 'This revert did not help and is being undone.'}\n\n${actionTrailer(actionId)}`
  return body.endsWith(closing) ? body : `${body}\n\n---\n${closing}`.trimStart()
}
