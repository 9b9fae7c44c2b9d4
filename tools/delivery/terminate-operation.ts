import { z } from 'zod'
import { ActionId } from '../names.ts'
import { defineTool } from '../tool.ts'
import { QualifiedName } from './app-name.ts'

export const terminateOperation = defineTool({
  name: 'delivery_terminate_operation',
  description: 'Terminates a hanging operation that this very action started, and no other.',
  effect: 'write',
  risk: 'R2',
  input: z.strictObject({
    name: QualifiedName,
    /** The id in the history that the operation rolls back to; left out for a sync, which carries its action's id. */
    rollbackTo: z.number().int().min(0).optional(),
    actionId: ActionId,
  }),
  run: (operation, { delivery }, call) => delivery.terminateOperation.run(operation, call),
  findEffect: (operation, { delivery }, call) => delivery.terminateOperation.findEffect(operation, call),
})
