import type { Proposal } from '@goalixa/agents/devops/proposal'
import type { ToolExecutor } from '../execution/tool-executor.ts'
import { valueAt } from '../execution/value-at.ts'

/**
 * Why an action must not be taken back, in words, or null if it may: an undo deploys what was there before, so there must
 * be exactly one deployment since the approval, which is ours. Only knows deployments of Argo CD (ids grow by one).
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
    return 'what was deployed since can not be told'
  const deployments = newest - before.value
  if (deployments > 1) return 'somebody has deployed since, and an undo would deploy over that'
  // A pause of auto-sync alone is worth taking back; a revert that never arrived has changed nothing.
  return deployments < 1 && method === 'git-revert' ? 'nothing was deployed by it' : null
}
