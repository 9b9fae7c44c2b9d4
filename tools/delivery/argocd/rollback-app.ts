import { ExpectedError } from '@goalixa/chassis/errors'
import { z } from 'zod'
import { ActionId, ObjectName } from '../../names.ts'
import { defineTool } from '../../tool.ts'
import { awaitOperation, OPERATION_SECONDS } from './await-operation.ts'
import { revisionOf, wasDeployedAgain } from './deployment.ts'
import { isRollbackTo } from './is-ours.ts'
import { isOperating, operationIn } from './operation-in.ts'

export const rollbackApp = defineTool({
  name: 'delivery_rollback_app',
  description:
    'Deploys an earlier entry of the history again and waits for its end; auto-sync has to be off, and hooks do not run.',
  effect: 'write',
  risk: 'R3',
  timeoutMs: (OPERATION_SECONDS.most + 60) * 1000,
  input: z.strictObject({
    name: ObjectName,
    id: z.number().int().min(0),
    /** An operation that is not over by then is ended again. */
    withinSeconds: z.number().int().min(1).max(OPERATION_SECONDS.most).optional(),
    actionId: ActionId,
  }),
  async run({ name, id, withinSeconds = OPERATION_SECONDS.standard }, { argocd }, signal) {
    const app = await argocd.getApp(name, signal)
    const revision = revisionOf(app, id)
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
        'Argo CD does not say whose token this is, so that a rollback could not be told from another’s.',
      )
    const isOurs = isRollbackTo(revision, username)
    const current = operationIn(app)
    const isUnderWay = isOperating(app) && current !== undefined && isOurs(current.operation)
    if (!isUnderWay) await argocd.rollback(name, id, signal)
    const hasSucceeded = (now: typeof app) => wasDeployedAgain(now, id, revision)
    await awaitOperation({ argocd, name, isOurs, hasSucceeded, withinSeconds, signal })
    return { name, id, revision }
  },
  // Argo CD's rollback takes no mark. Its effect is looked for instead: the entry's revision was deployed last. Done
  // twice it ends in the same state.
  async isDone({ name, id }, { argocd }, signal) {
    const app = await argocd.getApp(name, signal)
    const revision = revisionOf(app, id)
    if (revision === null || isOperating(app)) return undefined
    const isLast = app.status?.operationState?.phase === 'Succeeded' && wasDeployedAgain(app, id, revision)
    return isLast ? { name, id, revision } : undefined
  },
  async wasAskedFor({ name, id }, { argocd }, signal) {
    const app = await argocd.getApp(name, signal)
    const revision = revisionOf(app, id)
    const current = operationIn(app)
    if (revision === null || !isOperating(app) || current === undefined) return false
    return isRollbackTo(revision, await argocd.username(signal))(current.operation)
  },
})
