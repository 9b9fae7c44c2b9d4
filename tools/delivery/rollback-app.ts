import { z } from 'zod'
import { ActionId } from '../names.ts'
import { defineTool } from '../tool.ts'
import { QualifiedName } from './app-name.ts'
import { OPERATION_SECONDS } from './delivery-system.ts'

export const rollbackApp = defineTool({
  name: 'delivery_rollback_app',
  description:
    'Deploys an earlier entry of the history again and waits until it is done; auto-sync must be off, and hooks do not run.',
  effect: 'write',
  risk: 'R3',
  timeoutMs: (OPERATION_SECONDS.max + 60) * 1000,
  input: z.strictObject({
    name: QualifiedName,
    id: z.number().int().min(0),
    /** The commit of that entry, as approved; another one is a conflict. */
    revision: z.string().min(1).max(200).optional(),
    /** The content of that entry, as approved: the same commit with other parameters is another deployment. */
    content: z.string().min(1).max(64).optional(),
    /** An operation that takes longer is terminated. */
    withinSeconds: z.number().int().min(1).max(OPERATION_SECONDS.max).optional(),
    actionId: ActionId,
  }),
  run: (rollback, { delivery }, call) => delivery.rollbackApp.run(rollback, call),
  findEffect: (rollback, { delivery }, call) => delivery.rollbackApp.findEffect(rollback, call),
  isInProgress: async (rollback, { delivery }, call) =>
    (await delivery.rollbackApp.isInProgress?.(rollback, call)) ?? false,
})
