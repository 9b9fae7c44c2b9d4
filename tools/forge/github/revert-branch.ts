import { createHash } from 'node:crypto'

/** The branch on which an action reverts a commit; deterministic, so that the action finds its own work again. */
export function revertBranch(sha: string, actionId: string): string {
  // Not the id's first characters: those of a uuidv7 are the time and not unique.
  const short = createHash('sha256').update(actionId).digest('hex').slice(0, 8)
  return `syntra/revert-${sha.slice(0, 7)}-${short}`
}

/** The trailer of a commit message that names the action that made it. */
export function actionTrailer(actionId: string): string {
  return `Syntra-Action: ${actionId}`
}
