import { ExpectedError } from '@goalixa/chassis/errors'
import type { Revert } from '../forge.ts'
import type { Account } from './account.ts'
import { computeRevert } from './compute-revert.ts'
import type { GitWriter } from './git-data.ts'
import { mergeCommits } from './merge-commits.ts'

/**
 * Whether a commit is the revert that was approved: made on a commit of the branch, with the content that a revert made now on
 * that same commit has. Its author, date and branch prove nothing, because anyone who may push can choose them.
 */
export async function isApprovedRevert(
  git: GitWriter,
  revert: Revert,
  sha: string,
  account: Account,
): Promise<boolean> {
  const { tree, parents, message } = await git.commitAt(sha)
  const [parent, ...others] = parents
  if (parent === undefined || others.length > 0) return false
  if (!(await git.isAncestor(parent.sha, revert.branch))) return false
  const approved = await computeRevert(git, revert, parent.sha, account).catch(unlessDifferent)
  return approved !== undefined && tree.sha === approved.tree && message === approved.message
}

/**
 * Whether a commit on the branch is the merge of an approved revert and nothing else. Where the branch had moved on before the
 * merge, its content is that of a merge made now.
 */
export async function isMergeOf(
  git: GitWriter,
  { branch }: Revert,
  revertSha: string,
  mergeSha: string,
): Promise<boolean> {
  const [merge, reverted] = await Promise.all([git.commitAt(mergeSha), git.commitAt(revertSha)])
  const [before] = merge.parents
  if (before === undefined || !(await git.isAncestor(mergeSha, branch))) return false
  if (before.sha === reverted.parents[0]?.sha) return merge.tree.sha === reverted.tree.sha
  return merge.tree.sha === (await mergeCommits(git, before.sha, revertSha).catch(unlessDifferent))
}

// Only these errors show that the content differs; a deadline, an outage or a lost lease does not.
const DIFFERENT = new Set([
  'REVERT_CONFLICT',
  'NOTHING_TO_REVERT',
  'COMMIT_NOT_ON_BRANCH',
  'ROOT_COMMIT',
  'MERGE_CONFLICT',
])

function unlessDifferent(error: unknown): undefined {
  if (error instanceof ExpectedError && DIFFERENT.has(error.code)) return undefined
  throw error
}
