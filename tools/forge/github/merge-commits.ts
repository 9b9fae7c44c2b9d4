import { randomUUID } from 'node:crypto'
import { ExpectedError } from '@goalixa/chassis/errors'
import type { GitWriter } from './git-data.ts'

const ATTEMPTS = 3

/** The prefix of the branches on which merges are computed. */
export const SCRATCH_PREFIX = 'syntra/scratch-'

/**
 * Computes the tree that GitHub produces by merging one commit into another that does not contain it. GitHub merges only into
 * branches, and anyone who may push can move a branch: so its name is random, and the merge counts only if its parents are
 * exactly these two commits. Throws `conflict` MERGE_CONFLICT, or SCRATCH_MOVED if someone interferes every time.
 */
export async function mergeCommits(git: GitWriter, base: string, head: string): Promise<string> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const tree = await mergeOnScratch(git, `${SCRATCH_PREFIX}${randomUUID()}`, base, head)
    if (tree !== undefined) return tree
  }
  throw new ExpectedError(
    'conflict',
    'SCRATCH_MOVED',
    `Someone moved every scratch branch on which Syntra tried to merge ${head} into ${base}; start another investigation.`,
  )
}

const CONFLICTS = new Set(['UPSTREAM_CONFLICT', 'UPSTREAM_MISSING'])

async function mergeOnScratch(
  git: GitWriter,
  scratch: string,
  base: string,
  head: string,
): Promise<string | undefined> {
  if (!(await git.createBranch(scratch, base))) return undefined
  let left = base
  try {
    const merge = await git.merge(scratch, head)
    if (merge === undefined) return undefined
    left = merge.sha
    const { parents, tree } = await git.commitAt(merge.sha)
    return parents[0]?.sha === base && parents[1]?.sha === head ? tree.sha : undefined
  } catch (error) {
    if (!(error instanceof ExpectedError) || !CONFLICTS.has(error.code)) throw error
    // If the branch has moved, the conflict is with someone else's commit.
    if ((await git.branchAt(scratch).catch(() => undefined)) !== base) return undefined
    throw new ExpectedError('conflict', 'MERGE_CONFLICT', `${head} conflicts with ${base}.`, { cause: error })
  } finally {
    // A leftover branch is harmless, and swept by a later revert. A commit that someone else has pushed there is not ours to delete.
    await git.deleteBranchAt(scratch, left).catch(() => undefined)
  }
}
