import { ExpectedError } from '@goalixa/chassis/errors'
import { type DeliverySystem, OPERATION_SECONDS, type RollbackRequest } from '../delivery-system.ts'
import type { ArgocdClient } from './argocd-client.ts'
import { awaitOperation } from './await-operation.ts'
import { deploymentOf, newestDeployment, revisionOf, wasDeployedAgain } from './deployment.ts'
import { isOperating, operationIn } from './operation-in.ts'
import { isRollbackTo, requireAccount } from './operation-ownership.ts'
import type { RawApplication, RawDeployment } from './raw-application.ts'

/**
 * Argo CD's rollback carries no id of ours. Its effect is recognised instead: the newest deployment has the content of that entry.
 * It has no precondition either: one that lands late deploys the same content once more.
 */
export function rollbackApp(argocd: ArgocdClient): DeliverySystem['rollbackApp'] {
  return {
    async run(request, call) {
      const { name, id, withinSeconds = OPERATION_SECONDS.standard } = request
      const { signal } = call
      const app = await argocd.getApp(name, signal)
      const entry = approvedEntry(app, request)
      const isOurs = isRollbackTo(entry, await requireAccount(argocd, signal))
      const current = operationIn(app)
      const isRunning = isOperating(app) && current !== undefined && isOurs(current.operation)
      if (!isRunning) await argocd.rollback(name, id, call)
      const hasSucceeded = (latest: typeof app) => wasDeployedAgain(latest, entry)
      await awaitOperation({ argocd, name, isOurs, hasSucceeded, withinSeconds, call })
      return { name, id, revision: revisionOf(entry) ?? '' }
    },
    async findEffect({ name, id, revision }, { signal }) {
      const app = await argocd.getApp(name, signal)
      if (isOperating(app)) return undefined
      const entry = deploymentOf(app, id)
      if (entry !== undefined)
        return wasDeployedAgain(app, entry) ? { name, id, revision: revisionOf(entry) ?? '' } : undefined
      // The rollback itself may have pushed its entry out of the history.
      const newest = newestDeployment(app)
      if (newest === undefined || revision === undefined || newest.id <= id) return undefined
      const isOurs = newest.initiatedBy?.username === (await argocd.username(signal))
      return isOurs && revisionOf(newest) === revision ? { name, id, revision } : undefined
    },
    async isInProgress({ name, id }, { signal }) {
      const app = await argocd.getApp(name, signal)
      const entry = deploymentOf(app, id)
      const current = operationIn(app)
      if (entry === undefined || !isOperating(app) || current === undefined) return false
      return isRollbackTo(entry, await argocd.username(signal))(current.operation)
    },
  }
}

function approvedEntry(app: RawApplication, { name, id, revision }: RollbackRequest): RawDeployment {
  const entry = deploymentOf(app, id)
  if (entry === undefined)
    throw new ExpectedError(
      'missing',
      'UNKNOWN_HISTORY_ID',
      `Application ${name} has no deployment with id ${id}.`,
    )
  if (revision === undefined || revisionOf(entry) === revision) return entry
  throw new ExpectedError(
    'conflict',
    'STATE_CHANGED',
    `Deployment ${id} of ${name} is of commit ${revisionOf(entry)}, and not of ${revision} as approved.`,
  )
}
