import { z } from 'zod'
import { ActionId } from '../names.ts'
import { defineTool } from '../tool.ts'
import { QualifiedName } from './app-name.ts'
import { OPERATION_SECONDS } from './delivery-system.ts'

export const syncApp = defineTool({
  name: 'delivery_sync_app',
  description:
    'Applies Git to the cluster, at the target revision or a given one, and waits until it is done; prunes nothing.',
  effect: 'write',
  risk: 'R3',
  timeoutMs: (OPERATION_SECONDS.max + 60) * 1000,
  input: z.strictObject({
    name: QualifiedName,
    revision: z
      .string()
      .regex(/^[\w./-]{1,200}$/, 'expected a commit, tag or branch')
      .optional(),
    /** An operation that takes longer is terminated. */
    withinSeconds: z.number().int().min(1).max(OPERATION_SECONDS.max).optional(),
    actionId: ActionId,
  }),
  run: (sync, { delivery }, call) => delivery.syncApp.run(sync, call),
  findEffect: (sync, { delivery }, call) => delivery.syncApp.findEffect(sync, call),
  isInProgress: async (sync, { delivery }, call) =>
    (await delivery.syncApp.isInProgress?.(sync, call)) ?? false,
})
