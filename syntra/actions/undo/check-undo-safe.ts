import type { Proposal } from '@goalixa/agents/devops/proposal'
import type { ToolExecutor } from '../execution/tool-executor.ts'
import { valueAt } from '../execution/value-at.ts'

/**
 * Why an action must not be undone, as a clause, or null if it may be. An undo deploys what was there before, so the action's
 * own deployment must be the only one since the approval. Covers deployments of Argo CD only, whose ids grow by one.
 */
export async function checkUndoSafe(
  { preconditions, method }: Pick<Proposal, 'preconditions' | 'method'>,
  toolExecutor: Pick<ToolExecutor, 'read'>,
  signal: AbortSignal,
): Promise<string | null> {
  const before = preconditions.find(({ kind }) => kind === 'nothing-deployed')
  if (before === undefined) return null
  const newest = valueAt(await toolExecutor.read(before.tool, before.args, signal), before.path)
  if (typeof newest !== 'number' || typeof before.value !== 'number')
    return 'the deployments since the approval are unknown'
  const deployments = newest - before.value
  if (deployments > 1) return 'another deployment has followed, which an undo would overwrite'
  // A pause of auto-sync needs an undo even without a deployment; a revert that was never deployed has changed nothing.
  return deployments < 1 && method === 'git-revert' ? 'it has deployed nothing' : null
}
