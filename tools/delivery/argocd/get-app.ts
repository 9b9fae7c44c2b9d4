import { defineTool } from '../../tool.ts'
import { type App, appOf } from './app.ts'
import { AppName } from './app-name.ts'

export const getApp = defineTool({
  name: 'delivery_get_app',
  description: 'Reads one Argo CD application: source, sync status, health, last operation, resources.',
  effect: 'read',
  input: AppName,
  async run({ name }, { argocd }, signal): Promise<App> {
    return appOf(await argocd.getApp(name, signal))
  },
})
