import type { Write } from '../../write.ts'
import type { OpenedRevert, Revert } from '../forge.ts'
import { findRevert } from './find-revert.ts'
import type { GithubClient } from './github-client.ts'
import { RawPullRequest } from './raw-pull-request.ts'
import { repositoryParameters } from './repository-parameters.ts'
import { revertBranch } from './revert-branch.ts'
import { revertCommit } from './revert-commit.ts'

/** Pushes the revert of a commit to a branch of its own and opens a pull request for it. */
export function openRevert(github: GithubClient): Write<Revert & { body?: string }, OpenedRevert> {
  return {
    async run({ body, ...revert }, call) {
      const head = revertBranch(revert.sha, revert.actionId)
      const { sha, title } = await revertCommit(github, revert, call)
      const pull = await github.write('POST /repos/{owner}/{repo}/pulls', RawPullRequest, call, {
        ...repositoryParameters(revert.repo),
        title,
        head,
        base: revert.branch,
        body: body ?? `This reverts commit ${revert.sha}.`,
      })
      return { number: pull.number, branch: head, sha }
    },
    async findEffect({ body: _, ...revert }, { signal }) {
      const pull = await findRevert(github, revert, signal)
      return pull && { number: pull.number, branch: pull.head.ref, sha: pull.head.sha }
    },
  }
}
