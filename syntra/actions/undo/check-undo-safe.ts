import type { Precondition } from '@goalixa/agents/devops/precondition'
import type { Proposal } from '@goalixa/agents/devops/proposal'
import type { StepTool, UndoStep } from '@goalixa/agents/devops/step'
import { App, DeploymentsSince } from '@goalixa/tools/delivery/app'
import type { ToolExecutor } from '../execution/tool-executor.ts'

type Change = Pick<Proposal, 'preconditions' | 'method'>
type Reader = Pick<ToolExecutor, 'read'>

const RESTORES_AUTO_SYNC: StepTool = 'delivery_set_auto_sync'
/** The tools that neither deploy nor merge. Any other may overwrite what someone else has deployed. */
const DEPLOYS_NOTHING: ReadonlySet<UndoStep['tool']> = new Set<StepTool>([
  RESTORES_AUTO_SYNC,
  'delivery_refresh_app',
  'forge_open_revert',
  'forge_close_revert',
])

/**
 * Why an action must not be undone by these steps, as a clause, or null if it may be. An undo deploys what was there before, so that
 * nothing but the action may have been deployed since the approval. One that only restores auto-sync deploys nothing itself; Argo CD
 * then does where the application differs from Git.
 */
export async function checkUndoSafe(
  change: Change,
  steps: Pick<UndoStep, 'tool'>[],
  toolExecutor: Reader,
  signal: AbortSignal,
): Promise<string | null> {
  const mayDeploy = steps.some(({ tool }) => !DEPLOYS_NOTHING.has(tool))
  if (!mayDeploy && !steps.some(({ tool }) => tool === RESTORES_AUTO_SYNC)) return null
  const before = change.preconditions.find(({ kind }) => kind === 'nothing-deployed')
  if (before === undefined) return null
  const reason = await findOtherDeployment(before, change.method, toolExecutor, signal)
  if (reason === null || mayDeploy) return reason
  const { syncStatus } = App.parse(await toolExecutor.read('delivery_get_app', before.args, signal))
  return syncStatus === 'Synced' ? null : reason
}

/**
 * Content and account decide: a request that arrived twice deploys the same content a second time by our own account, and that is no
 * one else's deployment. Covers deployments of Argo CD only, whose ids grow by one.
 */
async function findOtherDeployment(
  before: Precondition,
  method: Proposal['method'],
  toolExecutor: Reader,
  signal: AbortSignal,
): Promise<string | null> {
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
