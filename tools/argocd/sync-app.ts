import { z } from 'zod'
import { ACTION_MARK } from '../action-mark.ts'
import { ActionId, ObjectName } from '../names.ts'
import { defineTool } from '../tool.ts'

export const syncApp = defineTool({
  name: 'argocd_sync_app',
  description: 'Applies what Git says to the cluster, at the target revision or a given one; prunes nothing.',
  effect: 'write',
  risk: 'R3',
  input: z.strictObject({
    name: ObjectName,
    revision: z
      .string()
      .regex(/^[\w./-]{1,200}$/, 'expected a commit, tag or branch')
      .optional(),
    actionId: ActionId,
  }),
  async run({ name, revision, actionId }, { argocd }, signal) {
    const infos = [{ name: ACTION_MARK, value: actionId }]
    await argocd.sync(name, { ...(revision ? { revision } : {}), prune: false, dryRun: false, infos }, signal)
    return { name, revision: revision ?? null }
  },
  // The mark lasts until the next operation. After that a second sync of the same revision changes nothing.
  async isDone({ name, revision, actionId }, { argocd }, signal) {
    const { operation, status } = await argocd.getApp(name, signal)
    const infos = [...(operation?.info ?? []), ...(status?.operationState?.operation?.info ?? [])]
    const isMarked = infos.some(info => info.name === ACTION_MARK && info.value === actionId)
    return isMarked ? { name, revision: revision ?? null } : undefined
  },
})
