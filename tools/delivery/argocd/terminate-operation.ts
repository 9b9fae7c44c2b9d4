import type { DeliverySystem, OperationToEnd } from '../delivery-system.ts'
import type { ArgocdClient } from './argocd-client.ts'
import { deployedRevision } from './deployment.ts'
import { endOperation } from './end-operation.ts'
import { isOperating } from './operation-in.ts'
import { carriesActionId, type IsOurs, isRollbackTo } from './operation-ownership.ts'

/** Ends an operation that this very action started. */
export function terminateOperation(argocd: ArgocdClient): DeliverySystem['terminateOperation'] {
  return {
    async run(operation, call) {
      const { name } = operation
      const isOurs = await ownershipTest(argocd, operation, call.signal)
      return { name, wasRunning: await endOperation({ argocd, name, isOurs, call }) }
    },
    async findEffect({ name }, { signal }) {
      return isOperating(await argocd.getApp(name, signal)) ? undefined : { name, wasRunning: false }
    },
  }
}

async function ownershipTest(
  argocd: ArgocdClient,
  { name, rollbackTo, actionId }: OperationToEnd,
  signal: AbortSignal,
): Promise<IsOurs> {
  if (rollbackTo === undefined) return carriesActionId(actionId)
  const revision = deployedRevision(await argocd.getApp(name, signal), rollbackTo)
  return revision === null ? () => false : isRollbackTo(revision, await argocd.username(signal))
}
