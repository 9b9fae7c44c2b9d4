import { listChangedFiles } from '../git/list-changed-files.ts'
import { countCommits } from '../git/list-commits.ts'
import { isAncestor, mergeBase, mergeCommits } from '../git/merge-commits.ts'
import { findUnmetRequirement } from '../protection/find-unmet-requirement.ts'
import { renderPull } from '../render/render-pull.ts'
import { renderUser } from '../render/render-user.ts'
import type { Repository } from '../store/create-store.ts'
import type { Pull } from '../store/repository-state.ts'

/** Renders a pull request as GitHub shows a single one: with mergeability and totals. */
export async function describePull({ directory, state }: Repository, pull: Pull, baseUrl: string) {
  const from = await forkPointOf(directory, pull)
  const [commits, files, mergeable] = await Promise.all([
    countCommits(directory, `${from}..${pull.headSha}`),
    listChangedFiles(directory, from, pull.headSha),
    isMergeable(directory, pull),
  ])
  return {
    ...renderPull(state, pull, baseUrl),
    merged: pull.mergedAt !== null,
    merged_by: pull.mergedBy === null ? null : renderUser(pull.mergedBy, baseUrl),
    mergeable,
    rebaseable: mergeable,
    mergeable_state: stateOf(mergeable, pull.draft, findUnmetRequirement(state, pull) !== null),
    comments: state.issueComments.filter(({ issue }) => issue === pull.number).length,
    review_comments: state.reviewComments.filter(({ pull: number }) => number === pull.number).length,
    maintainer_can_modify: false,
    commits,
    additions: files.reduce((sum, file) => sum + file.additions, 0),
    deletions: files.reduce((sum, file) => sum + file.deletions, 0),
    changed_files: files.length,
  }
}

/** Returns the commit where the pull request branched off; remains correct after the merge. */
export async function forkPointOf(directory: string, { baseSha, headSha, mergedAt, mergeCommitSha }: Pull) {
  const base =
    mergedAt !== null && mergeCommitSha !== null
      ? await baseBefore(directory, mergeCommitSha, headSha)
      : baseSha
  return (await mergeBase(directory, base, headSha)) ?? base
}

// The first parent of a merge commit is the previous base; after a squash or rebase, the base does not contain the
// head.
async function baseBefore(directory: string, mergeSha: string, headSha: string): Promise<string> {
  return (await isAncestor(directory, headSha, mergeSha)) ? `${mergeSha}^1` : mergeSha
}

async function isMergeable(directory: string, pull: Pull): Promise<boolean | null> {
  if (pull.state === 'closed') return null
  return (await mergeCommits(directory, pull.baseSha, pull.headSha)).tree !== null
}

function stateOf(mergeable: boolean | null, isDraft: boolean, isBlocked: boolean): string {
  if (mergeable === null) return 'unknown'
  if (!mergeable) return 'dirty'
  if (isDraft) return 'draft'
  return isBlocked ? 'blocked' : 'clean'
}
