import type { Proposal } from '@goalixa/agents/devops/proposal'
import { DeploymentsSince } from '@goalixa/tools/delivery/app'
import type { ToolExecutor } from '../execution/tool-executor.ts'

/**
 * Why an action must not be undone, as a clause, or null if it may be. An undo deploys what was there before, so that nothing but
 * the action may have been deployed since the approval. Content and account decide: a request that arrived twice deploys the same
 * content a second time by our own account, and that is no one else's deployment. Covers deployments of Argo CD only, whose ids
 * grow by one.
 */
export async function checkUndoSafe(
  { preconditions, method }: Pick<Proposal, 'preconditions' | 'method'>,
  toolExecutor: Pick<ToolExecutor, 'read'>,
  signal: AbortSignal,
): Promise<string | null> {
  const before = preconditions.find(({ kind }) => kind === 'nothing-deployed')
  if (before === undefined) return null
  if (typeof before.value !== 'number') return 'the deployments since the approval are unknown'
  const since = { ...before.args, id: before.value }
  const { deployments, isSameContent } = DeploymentsSince.parse(
    await toolExecutor.read('delivery_list_deployments_since', since, signal),
  )
  const [newest] = deployments
  // A pause of auto-sync needs an undo even without a deployment; a revert that was never deployed has changed nothing.
  if (newest === undefined) return method === 'git-revert' ? 'it has deployed nothing' : null
  if (deployments.length !== newest.id - before.value)
    return 'some of the deployments since the approval are no longer in the history'
  const requesters = new Set(deployments.map(({ requestedBy }) => requestedBy))
  // Git decides what a revert deploys, whoever requests it.
  const isOnlyRevert = method === 'git-revert' && deployments.length === 1
  if (requesters.has('other') && !isOnlyRevert)
    return 'another account has deployed since the approval, which an undo would overwrite'
  if (!isSameContent) return 'another deployment has followed, which an undo would overwrite'
  return requesters.has('unknown') && deployments.length > 1
    ? 'it is unknown who requested the deployments since the approval'
    : null
}
