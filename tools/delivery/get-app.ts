import { defineTool } from '../tool.ts'
import { AppName } from './app-name.ts'

export const getApp = defineTool({
  name: 'delivery_get_app',
  description: 'Reads one app: source, sync status, health, last operation, resources.',
  effect: 'read',
  input: AppName,
  run: (app, { delivery }, signal) => delivery.getApp(app, signal),
})
