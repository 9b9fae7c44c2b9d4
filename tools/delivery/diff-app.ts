import { defineTool } from '../tool.ts'
import { AppName } from './app-name.ts'

export const diffApp = defineTool({
  name: 'delivery_diff_app',
  description: 'Lists field by field where the cluster differs from Git.',
  effect: 'read',
  input: AppName,
  run: (app, { delivery }, signal) => delivery.diffApp(app, signal),
})
