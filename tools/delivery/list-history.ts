import { defineTool } from '../tool.ts'
import { AppName } from './app-name.ts'

export const listHistory = defineTool({
  name: 'delivery_list_history',
  description: 'Lists the successful deployments of an app, newest first.',
  effect: 'read',
  input: AppName,
  run: (app, { delivery }, signal) => delivery.listHistory(app, signal),
})
