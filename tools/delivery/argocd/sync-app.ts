import { z } from 'zod'
import { ACTION_ID_ANNOTATION } from '../../idempotency-key.ts'
import { ActionId, ObjectName } from '../../names.ts'
import { defineTool } from '../../tool.ts'
import { awaitOperation, OPERATION_SECONDS } from './await-operation.ts'
import { bearsMark } from './is-ours.ts'
import { operationIn } from './operation-in.ts'

export const syncApp = defineTool({
  name: 'delivery_sync_app',
  description:
    'Applies what Git says to the cluster, at the target revision or a given one, and waits for the end; prunes nothing.',
  effect: 'write',
  risk: 'R3',
  timeoutMs: (OPERATION_SECONDS.most + 60) * 1000,
  input: z.strictObject({
    name: ObjectName,
    revision: z
      .string()
      .regex(/^[\w./-]{1,200}$/, 'expected a commit, tag or branch')
      .optional(),
    /** An operation that is not over by then is ended again. */
    withinSeconds: z.number().int().min(1).max(OPERATION_SECONDS.most).optional(),
    actionId: ActionId,
  }),
  async run({ name, revision, withinSeconds = OPERATION_SECONDS.standard, actionId }, { argocd }, signal) {
    const isOurs = bearsMark(actionId)
    const last = operationIn(await argocd.getApp(name, signal))
    // One that was asked for already is waited for, however it ends: it is not tried a second time.
    if (last === undefined || !isOurs(last.operation)) {
      const infos = [{ name: ACTION_ID_ANNOTATION, value: actionId }]
      await argocd.sync(
        name,
        { ...(revision ? { revision } : {}), prune: false, dryRun: false, infos },
        signal,
      )
    }
    await awaitOperation({ argocd, name, isOurs, hasSucceeded: () => false, withinSeconds, signal })
    return { name, revision: revision ?? null }
  },
  // The mark lasts until the next operation. After that a second sync of the same revision changes nothing.
  async isDone({ name, revision, actionId }, { argocd }, signal) {
    const last = operationIn(await argocd.getApp(name, signal))
    const isDone = last !== undefined && last.phase === 'Succeeded' && bearsMark(actionId)(last.operation)
    return isDone ? { name, revision: revision ?? null } : undefined
  },
  async wasAskedFor({ name, actionId }, { argocd }, signal) {
    const last = operationIn(await argocd.getApp(name, signal))
    return last !== undefined && bearsMark(actionId)(last.operation)
  },
})
