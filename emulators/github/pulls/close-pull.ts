import type { Change } from '../github-context.ts'
import type { Pull } from '../store/repository-state.ts'
import { emitPull } from './emit-pull.ts'

/** Closes a pull request without merging it. */
export async function closePull(change: Change, pull: Pull): Promise<void> {
  pull.state = 'closed'
  pull.closedAt = change.now.toISOString()
  pull.updatedAt = pull.closedAt
  await emitPull(change, pull, 'closed')
}

/** Marks a pull request as merged by a commit that is now on the base branch. */
export async function markMerged(change: Change, pull: Pull, sha: string): Promise<void> {
  pull.mergedAt = change.now.toISOString()
  pull.mergedBy = change.login
  pull.mergeCommitSha = sha
  await closePull(change, pull)
}
