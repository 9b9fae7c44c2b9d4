import { ExpectedError } from '@goalixa/chassis/errors'
import { type DeliverySystem, OPERATION_SECONDS } from '../delivery-system.ts'
import type { ArgocdClient } from './argocd-client.ts'
import { awaitOperation } from './await-operation.ts'
import { deployedRevision, wasDeployedAgain } from './deployment.ts'
import { isOperating, operationIn } from './operation-in.ts'
import { isRollbackTo } from './operation-ownership.ts'

/**
 * Argo CD's rollback carries no id of ours. Its effect is recognised instead: the entry's revision is the newest deployment.
 * Done twice it ends in the same state.
 */
export function rollbackApp(argocd: ArgocdClient): DeliverySystem['rollbackApp'] {
  return {
    async run({ name, id, withinSeconds = OPERATION_SECONDS.standard }, call) {
      const { signal } = call
      const app = await argocd.getApp(name, signal)
      const revision = deployedRevision(app, id)
      if (revision === null) {
        throw new ExpectedError(
          'missing',
          'UNKNOWN_HISTORY_ID',
          `Application ${name} has no deployment with id ${id}.`,
        )
      }
      const username = await argocd.username(signal)
      if (!username)
        throw new ExpectedError(
          'forbidden',
          'ACCOUNT_UNKNOWN',
          'Argo CD does not name the account of the token, so Syntra could not distinguish its rollback from another one.',
        )
      const isOurs = isRollbackTo(revision, username)
      const current = operationIn(app)
      const isRunning = isOperating(app) && current !== undefined && isOurs(current.operation)
      if (!isRunning) await argocd.rollback(name, id, call)
      const hasSucceeded = (latest: typeof app) => wasDeployedAgain(latest, id, revision)
      await awaitOperation({ argocd, name, isOurs, hasSucceeded, withinSeconds, call })
      return { name, id, revision }
    },
    async findEffect({ name, id }, { signal }) {
      const app = await argocd.getApp(name, signal)
      const revision = deployedRevision(app, id)
      if (revision === null || isOperating(app)) return undefined
      const isNewest =
        app.status?.operationState?.phase === 'Succeeded' && wasDeployedAgain(app, id, revision)
      return isNewest ? { name, id, revision } : undefined
    },
    async isInProgress({ name, id }, { signal }) {
      const app = await argocd.getApp(name, signal)
      const revision = deployedRevision(app, id)
      const current = operationIn(app)
      if (revision === null || !isOperating(app) || current === undefined) return false
      return isRollbackTo(revision, await argocd.username(signal))(current.operation)
    },
  }
}
