import { ACTION_ID_ANNOTATION } from '../../action-id-annotation.ts'
import { type DeliverySystem, OPERATION_SECONDS } from '../delivery-system.ts'
import type { ArgocdClient } from './argocd-client.ts'
import { awaitOperation } from './await-operation.ts'
import { operationIn } from './operation-in.ts'
import { carriesActionId } from './operation-ownership.ts'

/** The action's id lasts until the next operation. After that a second sync of the same revision changes nothing. */
export function syncApp(argocd: ArgocdClient): DeliverySystem['syncApp'] {
  return {
    async run({ name, revision, withinSeconds = OPERATION_SECONDS.standard, actionId }, call) {
      const { signal } = call
      const isOurs = carriesActionId(actionId)
      const last = operationIn(await argocd.getApp(name, signal))
      // A sync that is already requested is awaited, however it ends: it is not attempted a second time.
      if (last === undefined || !isOurs(last.operation)) {
        const infos = [{ name: ACTION_ID_ANNOTATION, value: actionId }]
        await argocd.sync(
          name,
          { ...(revision ? { revision } : {}), prune: false, dryRun: false, infos },
          call,
        )
      }
      await awaitOperation({ argocd, name, isOurs, hasSucceeded: () => false, withinSeconds, call })
      return { name, revision: revision ?? null }
    },
    async findEffect({ name, revision, actionId }, { signal }) {
      const last = operationIn(await argocd.getApp(name, signal))
      const isDone =
        last !== undefined && last.phase === 'Succeeded' && carriesActionId(actionId)(last.operation)
      return isDone ? { name, revision: revision ?? null } : undefined
    },
    async isInProgress({ name, actionId }, { signal }) {
      const last = operationIn(await argocd.getApp(name, signal))
      return last !== undefined && carriesActionId(actionId)(last.operation)
    },
  }
}
