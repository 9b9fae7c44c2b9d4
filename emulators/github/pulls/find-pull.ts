import { notFound } from '../http/github-error.ts'
import type { Pull, RepositoryState } from '../store/repository-state.ts'

/** Finds the pull request by number (as text, from a path). Throws 404. */
export function findPull(state: RepositoryState, number: string): Pull {
  const pull = state.pulls.find(each => String(each.number) === number)
  if (!pull) throw notFound()
  return pull
}
