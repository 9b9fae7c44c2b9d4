import { createHash } from 'node:crypto'

/** The branch on which an action reverts a commit; the same for the same action, so that it finds its own work again. */
export function revertBranch(sha: string, actionId: string): string {
  // Not the id's first characters: those of a uuidv7 are the time and not unique.
  const short = createHash('sha256').update(actionId).digest('hex').slice(0, 8)
  return `syntra/revert-${sha.slice(0, 7)}-${short}`
}

/** The last line of a commit's message that names the action which made it. */
export function actionTrailer(actionId: string): string {
  return `Syntra-Action: ${actionId}`
}
