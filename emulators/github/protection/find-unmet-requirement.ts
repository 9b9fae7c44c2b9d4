import type { Protection, Pull, RepositoryState, Review } from '../store/repository-state.ts'

/** Returns GitHub's reason not to merge the pull request into its protected branch; null if it would merge. */
export function findUnmetRequirement(state: RepositoryState, pull: Pull): string | null {
  const protection = state.protections[pull.baseRef]
  if (!protection) return null
  return unmetReviews(protection, opinionsOn(state, pull)) ?? unmetChecks(protection, state, pull.headSha)
}

/** Returns GitHub's reason not to accept a push to a protected branch; null for an unprotected one. */
export function pushRejection(state: RepositoryState, branch: string): string | null {
  const protection = state.protections[branch]
  if (!protection) return null
  if (protection.requiredReviews !== null) return 'Changes must be made through a pull request.'
  const [check] = protection.requiredChecks ?? []
  return check === undefined ? null : `Required status check "${check}" is expected.`
}

// The latest review of each reviewer counts; a comment does not count, and a dismissal withdraws a review.
function opinionsOn(state: RepositoryState, pull: Pull): Review[] {
  const latest = new Map<string, Review>()
  for (const review of state.reviews.filter(({ pull: number }) => number === pull.number)) {
    if (review.state !== 'COMMENTED' && review.state !== 'PENDING') latest.set(review.user, review)
  }
  return [...latest.values()]
}

function unmetReviews({ requiredReviews }: Protection, opinions: Review[]): string | null {
  if (requiredReviews === null) return null
  if (opinions.some(({ state }) => state === 'CHANGES_REQUESTED'))
    return 'Changes have been requested by reviewers with write access.'
  const approvals = opinions.filter(({ state }) => state === 'APPROVED').length
  if (approvals >= requiredReviews) return null
  const noun = requiredReviews === 1 ? 'review is' : 'reviews are'
  return `At least ${requiredReviews} approving ${noun} required by reviewers with write access.`
}

function unmetChecks({ requiredChecks }: Protection, state: RepositoryState, sha: string): string | null {
  for (const name of requiredChecks ?? []) {
    const result = resultOf(name, state, sha)
    if (result !== 'success')
      return `Required status check "${name}" is ${result === 'failure' ? 'failing' : 'expected'}.`
  }
  return null
}

function resultOf(name: string, state: RepositoryState, sha: string): 'success' | 'failure' | 'pending' {
  const run = state.checkRuns.findLast(check => check.name === name && check.headSha === sha)
  if (run?.conclusion)
    return ['success', 'neutral', 'skipped'].includes(run.conclusion) ? 'success' : 'failure'
  const status = state.statuses.findLast(each => each.context === name && each.sha === sha)
  if (!status || status.state === 'pending') return 'pending'
  return status.state === 'success' ? 'success' : 'failure'
}
