import { randomUUID } from 'node:crypto'
import { ExpectedError } from '@goalixa/chassis/errors'
import { replicationError } from './await-replication.ts'
import type { GitWriter } from './git-data.ts'

const ATTEMPTS = 3

/** The prefix of the branches on which merges are computed. */
export const SCRATCH_PREFIX = 'syntra/scratch-'

/**
 * Computes the tree that GitHub produces by merging one commit into another that does not contain it. GitHub merges only into
 * branches, and anyone who may push can move a branch: so its name is random, and the merge counts only if its parents are
 * exactly these two commits. Throws `conflict` MERGE_CONFLICT, or SCRATCH_MOVED if someone interferes every time, and `unavailable`
 * NOT_REPLICATED if GitHub does not find what it has created.
 */
export async function mergeCommits(git: GitWriter, base: string, head: string): Promise<string> {
  let failure: ExpectedError | undefined
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const merged = await mergeOnScratch(git, `${SCRATCH_PREFIX}${randomUUID()}`, base, head)
    if (typeof merged === 'string') return merged
    failure = merged
  }
  throw failure
}

async function mergeOnScratch(
  git: GitWriter,
  scratch: string,
  base: string,
  head: string,
): Promise<string | ExpectedError> {
  if (!(await git.createBranch(scratch, base))) return scratchMoved(base, head)
  let left = base
  try {
    const merge = await git.merge(scratch, head)
    if (merge === undefined) return scratchMoved(base, head)
    left = merge.sha
    const { parents, tree } = await git.commitAt(merge.sha)
    return parents[0]?.sha === base && parents[1]?.sha === head ? tree.sha : scratchMoved(base, head)
  } catch (error) {
    if (!(error instanceof ExpectedError)) throw error
    if (error.code === 'UPSTREAM_CONFLICT') {
      // If the branch has moved, the conflict is with someone else's commit.
      if ((await git.branchAt(scratch).catch(() => undefined)) !== base) return scratchMoved(base, head)
      throw new ExpectedError('conflict', 'MERGE_CONFLICT', `${head} conflicts with ${base}.`, {
        cause: error,
      })
    }
    if (error.kind !== 'missing') throw error
    // Someone may also have deleted the branch; another one will do then.
    return replicationError(`the merge of ${head} into ${scratch}`, error)
  } finally {
    // A leftover branch is harmless, and swept by a later revert. A commit that someone else has pushed there is not ours to delete.
    await git.deleteBranchAt(scratch, left).catch(() => undefined)
  }
}

function scratchMoved(base: string, head: string): ExpectedError {
  return new ExpectedError(
    'conflict',
    'SCRATCH_MOVED',
    `Someone moved every scratch branch on which Syntra tried to merge ${head} into ${base}; start another investigation.`,
  )
}
