import type { Write } from '../write.ts'
import type { CommitDetails, CommitList, ComparedCommits, Containment } from './commits.ts'
import type { BranchRules, PullRequest } from './pull-requests.ts'

/** A revert of one commit on one branch, made by one action: the same input finds the same pull request again. */
export type Revert = { repo: string; branch: string; sha: string; actionId: string }

/** The pull request of a revert and the commit at its head. */
export type OpenedRevert = { number: number; branch: string; sha: string }

/** A merged pull request and the commit that brought it to its base branch. */
export type MergedRevert = { number: number; sha: string }

/** The pull request that `openRevert` returned: no other is closed, and none that has changed since. */
export type RevertToClose = {
  repo: string
  number: number
  branch: string
  sha: string
  comment?: string
  actionId: string
}

/**
 * The port to a Git forge. `repo` names its host as well, as `Repository` describes; a single forge takes the path there. Everything throws
 * `ExpectedError` with a stable code.
 */
export type Forge = {
  compareCommits(
    range: { repo: string; base: string; head: string },
    signal: AbortSignal,
  ): Promise<ComparedCommits>
  getCommit(commit: { repo: string; sha: string }, signal: AbortSignal): Promise<CommitDetails>
  listCommits(
    filter: { repo: string; branch: string; path?: string; since?: string },
    signal: AbortSignal,
  ): Promise<CommitList>
  containsCommit(
    range: { repo: string; sha: string; head: string },
    signal: AbortSignal,
  ): Promise<Containment>
  getPullRequest(pull: { repo: string; number: number }, signal: AbortSignal): Promise<PullRequest>
  readBranchRules(branch: { repo: string; branch: string }, signal: AbortSignal): Promise<BranchRules>
  /**
   * Throws `conflict` REVERT_CONFLICT, NOTHING_TO_REVERT, COMMIT_NOT_ON_BRANCH or ROOT_COMMIT; REVERT_CHANGED where the pull
   * request that it opened earlier no longer has the approved content, BRANCH_TAKEN where someone else uses its branches.
   */
  openRevert: Write<Revert & { body?: string }, OpenedRevert>
  /**
   * Waits for required checks, and merges exactly the approved content. Throws `missing` NO_REVERT, `conflict` CHECKS_FAILED,
   * CHECKS_OPEN, NOT_MERGEABLE or REVERT_CHANGED.
   */
  mergeRevert: Write<Revert & { withinSeconds?: number }, MergedRevert>
  /** Throws `conflict` ALREADY_MERGED, REVERT_NOT_OURS, or STATE_CHANGED where the pull request has changed since it was opened. */
  closeRevert: Write<RevertToClose, { number: number }>
}

/** How long required checks are awaited, in seconds. */
export const CHECK_SECONDS = { standard: 600, max: 900 }
