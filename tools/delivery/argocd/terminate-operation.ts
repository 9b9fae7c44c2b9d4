import type { DeliverySystem, OperationToEnd } from '../delivery-system.ts'
import type { ArgocdClient } from './argocd-client.ts'
import { deploymentOf } from './deployment.ts'
import { endOperation } from './end-operation.ts'
import { isOperating, operationIn } from './operation-in.ts'
import { type IsOurs, isRollbackTo, isSyncOf } from './operation-ownership.ts'

/** Ends an operation that this very action started. */
export function terminateOperation(argocd: ArgocdClient): DeliverySystem['terminateOperation'] {
  return {
    async run(operation, call) {
      const { name } = operation
      const isOurs = await ownershipTest(argocd, operation, call.signal)
      return { name, wasRunning: (await endOperation({ argocd, name, isOurs, call })) !== 'was-not-running' }
    },
    async findEffect({ name }, { signal }) {
      const app = await argocd.getApp(name, signal)
      // An operation that is being terminated deploys nothing any more, however late it ends.
      if (operationIn(app)?.phase === 'Terminating') return { name, wasRunning: true }
      return isOperating(app) ? undefined : { name, wasRunning: false }
    },
  }
}

async function ownershipTest(
  argocd: ArgocdClient,
  { name, rollbackTo, actionId }: OperationToEnd,
  signal: AbortSignal,
): Promise<IsOurs> {
  const username = await argocd.username(signal)
  if (rollbackTo === undefined) return isSyncOf({ actionId }, username)
  const entry = deploymentOf(await argocd.getApp(name, signal), rollbackTo)
  return entry === undefined ? () => false : isRollbackTo(entry, username)
}
