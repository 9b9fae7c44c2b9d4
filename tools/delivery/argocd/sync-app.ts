import { ACTION_ID_ANNOTATION } from '../../action-id-annotation.ts'
import { type DeliverySystem, OPERATION_SECONDS } from '../delivery-system.ts'
import type { ArgocdClient } from './argocd-client.ts'
import { awaitOperation } from './await-operation.ts'
import { operationIn } from './operation-in.ts'
import { isSyncOf, requireAccount } from './operation-ownership.ts'
import type { RawApplication } from './raw-application.ts'

/** The action's id lasts until the next operation. After that a second sync of the same revision changes nothing. */
export function syncApp(argocd: ArgocdClient): DeliverySystem['syncApp'] {
  return {
    async run({ name, revision, withinSeconds = OPERATION_SECONDS.standard, actionId }, call) {
      const { signal } = call
      const isOurs = isSyncOf({ revision, actionId }, await requireAccount(argocd, signal))
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
      return { name, revision: syncedRevision(await argocd.getApp(name, signal)) ?? revision ?? null }
    },
    async findEffect({ name, revision, actionId }, { signal }) {
      const app = await argocd.getApp(name, signal)
      const last = operationIn(app)
      if (last?.phase !== 'Succeeded') return undefined
      const isOurs = isSyncOf({ revision, actionId }, await argocd.username(signal))
      return isOurs(last.operation) ? { name, revision: syncedRevision(app) ?? revision ?? null } : undefined
    },
    async isInProgress({ name, revision, actionId }, { signal }) {
      const last = operationIn(await argocd.getApp(name, signal))
      if (last === undefined) return false
      return isSyncOf({ revision, actionId }, await argocd.username(signal))(last.operation)
    },
  }
}

/** The revision that Argo CD reports as deployed: for several sources it ignores the requested one. */
function syncedRevision({ status }: RawApplication): string | null {
  return status?.operationState?.syncResult?.revision || null
}
