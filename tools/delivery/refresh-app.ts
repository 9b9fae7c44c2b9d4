import { z } from 'zod'
import { ActionId } from '../names.ts'
import { defineTool } from '../tool.ts'
import { QualifiedName } from './app-name.ts'

export const refreshApp = defineTool({
  name: 'delivery_refresh_app',
  description: 'Makes the delivery system compare an app with Git now instead of at its next poll.',
  effect: 'write',
  risk: 'R1',
  isNotification: true,
  input: z.strictObject({ name: QualifiedName, actionId: ActionId }),
  run: ({ name }, { delivery }, call) => delivery.refreshApp({ name }, call),
  // A refresh leaves nothing behind, and another one changes nothing: it is never taken for done.
  findEffect: async () => undefined,
})
