import { ExpectedError } from '@goalixa/chassis/errors'
import type { Revert } from '../forge.ts'
import type { Account } from './account.ts'
import type { GitWriter } from './git-data.ts'
import { mergeCommits } from './merge-commits.ts'
import { actionTrailer } from './revert-branch.ts'

/** The content of a revert, which is determined by the commit that is reverted and the commit that it is applied to. */
export type RevertContent = { message: string; tree: string }

/**
 * Computes the revert of a commit C on top of another commit: a commit with the tree before C and the parent C is merged into it; the base
 * of the merge is C, so the merged tree is the reverted one. Throws `conflict` REVERT_CONFLICT, NOTHING_TO_REVERT,
 * COMMIT_NOT_ON_BRANCH or ROOT_COMMIT.
 */
export async function computeRevert(
  git: GitWriter,
  { branch, sha, actionId }: Revert,
  on: string,
  account: Account,
): Promise<RevertContent> {
  const [head, original] = await Promise.all([git.commitAt(on), git.commitAt(sha)])
  const parent = original.parents[0]
  if (!parent) throw conflict('ROOT_COMMIT', `${sha} has no parent to go back to.`)
  if (!(await git.isAncestor(sha, on)))
    throw conflict('COMMIT_NOT_ON_BRANCH', `Commit ${sha} is not on ${branch}.`)

  const before = await git.commitAt(parent.sha)
  const inverse = await git.createCommit({
    message: `Inverse of ${sha}`,
    tree: before.tree.sha,
    parent: sha,
    account,
  })
  const tree = await mergeCommits(git, on, inverse.sha).catch(error => {
    throw error instanceof ExpectedError && error.code === 'MERGE_CONFLICT'
      ? conflict(
          'REVERT_CONFLICT',
          `${sha} cannot be reverted on ${branch} without conflicts; it must be reverted manually.`,
          error,
        )
      : error
  })
  if (tree === head.tree.sha)
    throw conflict('NOTHING_TO_REVERT', `${branch} no longer contains any change of ${sha}.`)

  const title = `Revert "${original.message.split('\n')[0]?.slice(0, 150)}"`
  return { message: `${title}\n\nThis reverts commit ${sha}.\n\n${actionTrailer(actionId)}`, tree }
}

function conflict(code: string, message: string, cause?: unknown): ExpectedError {
  return new ExpectedError('conflict', code, message, { cause })
}
