import { ExpectedError } from '@goalixa/chassis/errors'
import type { WriteCall } from '../../write-call.ts'
import type { Revert } from '../forge.ts'
import { createGitWriter, type GitWriter } from './git-data.ts'
import type { GithubClient } from './github-client.ts'
import { actionTrailer, revertBranch } from './revert-branch.ts'

/**
 * Reverts a commit C on a branch of its own, and returns the new commit and its title. A commit with the tree before C and
 * the parent C is merged into a scratch branch at the head: the base of that merge is C, so the merged tree is the
 * reverted one. Throws `conflict` REVERT_CONFLICT, NOTHING_TO_REVERT, COMMIT_NOT_ON_BRANCH or ROOT_COMMIT.
 */
export async function revertCommit(github: GithubClient, revert: Revert, call: WriteCall) {
  const { branch, sha, actionId } = revert
  const git = createGitWriter(github, revert.repo, call)
  const head = await git.commitAt(await git.branchAt(branch))
  const original = await git.commitAt(sha)
  const parent = original.parents[0]
  if (!parent) throw conflict('ROOT_COMMIT', `${sha} has no parent to go back to.`)
  if (!(await git.isAncestor(sha, head.sha)))
    throw conflict('COMMIT_NOT_ON_BRANCH', `Commit ${sha} is not on ${branch}.`)

  const before = await git.commitAt(parent.sha)
  const inverse = await git.createCommit(`Inverse of ${sha}`, before.tree.sha, sha)
  const tree = await mergedTree(git, revert, head.sha, inverse.sha)
  if (tree === head.tree.sha) throw conflict('NOTHING_TO_REVERT', `${branch} has nothing of ${sha} left.`)

  const title = `Revert "${original.message.split('\n')[0]?.slice(0, 150)}"`
  const message = `${title}\n\nThis reverts commit ${sha}.\n\n${actionTrailer(actionId)}`
  const commit = await git.createCommit(message, tree, head.sha)
  await git.pointBranch(revertBranch(sha, actionId), commit.sha)
  return { sha: commit.sha, title }
}

async function mergedTree(git: GitWriter, revert: Revert, head: string, inverse: string): Promise<string> {
  const scratch = `${revertBranch(revert.sha, revert.actionId)}-scratch`
  await git.pointBranch(scratch, head)
  try {
    const merge = await git.merge(scratch, inverse)
    return (await git.commitAt(merge?.sha ?? head)).tree.sha
  } catch (error) {
    throw error instanceof ExpectedError && error.kind === 'conflict'
      ? conflict(
          'REVERT_CONFLICT',
          `${revert.sha} cannot be reverted on ${revert.branch} without conflicts; it must be reverted manually.`,
          error,
        )
      : error
  } finally {
    // A scratch branch that is left over is harmless; the next attempt moves and deletes it.
    await git.deleteBranch(scratch).catch(() => undefined)
  }
}

function conflict(code: string, message: string, cause?: unknown): ExpectedError {
  return new ExpectedError('conflict', code, message, { cause })
}
