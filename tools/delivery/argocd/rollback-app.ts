import { ExpectedError } from '@goalixa/chassis/errors'
import { type DeliverySystem, OPERATION_SECONDS, type RollbackRequest } from '../delivery-system.ts'
import type { ArgocdClient } from './argocd-client.ts'
import { awaitOperation } from './await-operation.ts'
import { contentDigest, deploymentOf, newestDeployment, revisionOf, wasDeployedAgain } from './deployment.ts'
import { isOperating, operationIn } from './operation-in.ts'
import { isRollbackTo, requireAccount } from './operation-ownership.ts'
import type { RawApplication, RawDeployment } from './raw-application.ts'
import { requestOperation } from './request-operation.ts'

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
      const check = (latest: RawApplication) => {
        approvedEntry(latest, request)
        requireNoOtherDeployment(latest, app)
      }
      const rollback = () => argocd.rollback(name, id, call)
      await requestOperation({ argocd, name, isOurs, check, request: rollback, withinSeconds, call })
      const hasSucceeded = (latest: typeof app) => wasDeployedAgain(latest, entry)
      await awaitOperation({ argocd, name, isOurs, hasSucceeded, withinSeconds, call })
      return resultOf(request, entry)
    },
    async findEffect(request, { signal }) {
      const { name, id, content } = request
      const app = await argocd.getApp(name, signal)
      if (isOperating(app)) return undefined
      const entry = deploymentOf(app, id)
      if (entry !== undefined) return wasDeployedAgain(app, entry) ? resultOf(request, entry) : undefined
      // The rollback itself may have pushed its entry out of the history, which Argo CD limits to ten by default.
      const newest = newestDeployment(app)
      if (newest === undefined || newest.id <= id || contentDigest(newest) !== content) return undefined
      return newest.initiatedBy?.username === (await argocd.username(signal))
        ? resultOf(request, newest)
        : undefined
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

function resultOf({ name, id }: RollbackRequest, entry: RawDeployment) {
  return { name, id, revision: revisionOf(entry) ?? '', content: contentDigest(entry) }
}

function approvedEntry(app: RawApplication, request: RollbackRequest): RawDeployment {
  const { name, id, revision, content } = request
  const entry = deploymentOf(app, id)
  if (entry === undefined)
    throw new ExpectedError(
      'missing',
      'UNKNOWN_HISTORY_ID',
      `Application ${name} has no deployment with id ${id}.`,
    )
  if (revision !== undefined && revisionOf(entry) !== revision)
    throw changed(
      `Deployment ${id} of ${name} is of commit ${revisionOf(entry)}, and not of ${revision} as approved.`,
    )
  if (content !== undefined && contentDigest(entry) !== content)
    throw changed(`Deployment ${id} of ${name} has another source or other parameters than approved.`)
  return entry
}

/** What auto-sync deploys while it is waited for is what Git has; what a person deploys is not ours to replace. */
function requireNoOtherDeployment(latest: RawApplication, before: RawApplication): void {
  const newest = newestDeployment(latest)
  if (newest === undefined || newest.id === newestDeployment(before)?.id) return
  const by = newest.initiatedBy?.username
  if (by) throw changed(`${by} has deployed ${latest.metadata.name} while Syntra waited to roll it back.`)
}

function changed(message: string): ExpectedError {
  return new ExpectedError('conflict', 'STATE_CHANGED', message)
}
