import { z } from 'zod'
import { ActionId } from '../names.ts'
import { defineTool } from '../tool.ts'
import { AutoSync } from './app.ts'
import { QualifiedName } from './app-name.ts'

export const setAutoSync = defineTool({
  name: 'delivery_set_auto_sync',
  description: 'Turns auto-sync of an app off (null), or on with prune and self-heal as given.',
  effect: 'write',
  risk: 'R2',
  input: z.strictObject({
    name: QualifiedName,
    automated: AutoSync,
    /** The setting as approved, which is restored later; any other is a conflict. */
    before: AutoSync.optional(),
    /** Only if auto-sync is still off as this action left it. */
    leftBy: ActionId.optional(),
    actionId: ActionId,
  }),
  run: (change, { delivery }, call) => delivery.setAutoSync.run(change, call),
  findEffect: (change, { delivery }, call) => delivery.setAutoSync.findEffect(change, call),
})
