import { z } from 'zod'
import { ActionId, ObjectName } from '../names.ts'
import { defineTool } from '../tool.ts'

export const terminateOperation = defineTool({
  name: 'delivery_terminate_operation',
  description: 'Terminates a hanging operation that this very action started, and no other.',
  effect: 'write',
  risk: 'R2',
  input: z.strictObject({
    name: ObjectName,
    /** The id in the history that the operation rolls back to; left out for a sync, which carries its action's id. */
    rollbackTo: z.number().int().min(0).optional(),
    actionId: ActionId,
  }),
  run: (operation, { delivery }, call) => delivery.terminateOperation.run(operation, call),
  findEffect: (operation, { delivery }, call) => delivery.terminateOperation.findEffect(operation, call),
})
