import { z } from 'zod'
import { defineTool } from '../tool.ts'

export const listApps = defineTool({
  name: 'delivery_list_apps',
  description: 'Lists what is deployed from Git, with sync status, health and last operation.',
  effect: 'read',
  input: z.strictObject({}),
  run: (_input, { delivery }, signal) => delivery.listApps(signal),
})
