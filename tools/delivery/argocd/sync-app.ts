import { ExpectedError } from '@goalixa/chassis/errors'
import { ACTION_ID_ANNOTATION } from '../../action-id-annotation.ts'
import { type DeliverySystem, OPERATION_SECONDS } from '../delivery-system.ts'
import type { ArgocdClient } from './argocd-client.ts'
import { awaitOperation } from './await-operation.ts'
import { operationIn } from './operation-in.ts'
import { isSyncOf, requireAccount } from './operation-ownership.ts'
import { hasSeveralSources } from './parse-app.ts'
import type { RawApplication } from './raw-application.ts'
import { requestOperation } from './request-operation.ts'

/** The action's id lasts until the next operation. After that a second sync of the same revision changes nothing. */
export function syncApp(argocd: ArgocdClient): DeliverySystem['syncApp'] {
  return {
    async run({ name, revision, withinSeconds = OPERATION_SECONDS.standard, actionId }, call) {
      const { signal } = call
      const isOurs = isSyncOf({ revision, actionId }, await requireAccount(argocd, signal))
      const app = await argocd.getApp(name, signal)
      if (revision !== undefined && hasSeveralSources(app)) throw severalSources(name)
      const last = operationIn(app)
      // A sync that is already requested is awaited, however it ends: it is not attempted a second time.
      if (last === undefined || !isOurs(last.operation)) {
        const infos = [{ name: ACTION_ID_ANNOTATION, value: actionId }]
        const body = { ...(revision ? { revision } : {}), prune: false, dryRun: false, infos }
        const request = () => argocd.sync(name, body, call)
        await requestOperation({ argocd, name, isOurs, request, withinSeconds, call })
      }
      await awaitOperation({ argocd, name, isOurs, hasSucceeded: () => false, withinSeconds, call })
      return { name, revision: syncedRevision(await argocd.getApp(name, signal)) }
    },
    async findEffect({ name, revision, actionId }, { signal }) {
      const app = await argocd.getApp(name, signal)
      const last = operationIn(app)
      if (last?.phase !== 'Succeeded') return undefined
      const isOurs = isSyncOf({ revision, actionId }, await argocd.username(signal))
      return isOurs(last.operation) ? { name, revision: syncedRevision(app) } : undefined
    },
    async isInProgress({ name, revision, actionId }, { signal }) {
      const last = operationIn(await argocd.getApp(name, signal))
      if (last === undefined) return false
      return isSyncOf({ revision, actionId }, await argocd.username(signal))(last.operation)
    },
  }
}

/** The revision that Argo CD reports as deployed, never the requested one; of several sources the first. */
function syncedRevision({ status }: RawApplication): string | null {
  const result = status?.operationState?.syncResult
  return result?.revision || (result?.revisions?.[0] ?? null)
}

/** Argo CD ignores the requested revision then, and would deploy whatever Git has. */
function severalSources(name: string): ExpectedError {
  return new ExpectedError(
    'conflict',
    'SEVERAL_SOURCES',
    `Application ${name} has several sources, for which Argo CD ignores a requested revision; pin targetRevision in its spec, or sync without a revision.`,
  )
}
