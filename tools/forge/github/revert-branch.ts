import { createHash } from 'node:crypto'

/**
 * The prefix of the branches on which an action reverts a commit. Anyone can compute it and push such a branch: it only
 * narrows the search, and proves nothing.
 */
export function revertBranchPrefix(sha: string, actionId: string): string {
  // Not the id's first characters: those of a uuidv7 are the time and not unique.
  const short = createHash('sha256').update(actionId).digest('hex').slice(0, 8)
  return `syntra/revert-${sha.slice(0, 7)}-${short}`
}

/** The names to try for the branch of a revert: they end with its commit, which nobody knows before it is made. */
export function revertBranches(sha: string, actionId: string, commit: string): string[] {
  const name = `${revertBranchPrefix(sha, actionId)}-${commit.slice(0, 12)}`
  return [name, `${name}-2`, `${name}-3`]
}

/** The trailer of a commit message that names the action that made it. */
export function actionTrailer(actionId: string): string {
  return `Syntra-Action: ${actionId}`
}
