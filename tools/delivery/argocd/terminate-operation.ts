import { z } from 'zod'
import { ActionId, ObjectName } from '../../names.ts'
import { defineTool } from '../../tool.ts'
import type { ArgocdClient } from './argocd-client.ts'
import { revisionOf } from './deployment.ts'
import { endOperation } from './end-operation.ts'
import { bearsMark, type IsOurs, isRollbackTo } from './is-ours.ts'
import { isOperating } from './operation-in.ts'

const Input = z.strictObject({
  name: ObjectName,
  /** The id in the history that the operation rolls back to; left out for a sync, which bears its action's mark. */
  rollbackTo: z.number().int().min(0).optional(),
  actionId: ActionId,
})

export const terminateOperation = defineTool({
  name: 'delivery_terminate_operation',
  description: 'Ends an operation that this very action has started and that hangs; never another’s.',
  effect: 'write',
  risk: 'R2',
  input: Input,
  async run(input, { argocd }, signal) {
    const isOurs = await ownership(input, argocd, signal)
    return { name: input.name, wasRunning: await endOperation({ argocd, name: input.name, isOurs, signal }) }
  },
  async isDone({ name }, { argocd }, signal) {
    return isOperating(await argocd.getApp(name, signal)) ? undefined : { name, wasRunning: false }
  },
})

async function ownership(
  { name, rollbackTo, actionId }: z.infer<typeof Input>,
  argocd: ArgocdClient,
  signal: AbortSignal,
): Promise<IsOurs> {
  if (rollbackTo === undefined) return bearsMark(actionId)
  const revision = revisionOf(await argocd.getApp(name, signal), rollbackTo)
  return revision === null ? () => false : isRollbackTo(revision, await argocd.username(signal))
}
