import { z } from 'zod'
import { defineTool } from '../../tool.ts'
import { App, appOf } from './app.ts'

/** What `delivery_list_apps` gives. */
export const ListedApps = z.object({ apps: z.array(App) })
export type ListedApps = z.infer<typeof ListedApps>

export const listApps = defineTool({
  name: 'delivery_list_apps',
  description: 'Lists the Argo CD applications with their sync status, health and last operation.',
  effect: 'read',
  input: z.strictObject({}),
  async run(_input, { argocd }, signal): Promise<ListedApps> {
    return { apps: (await argocd.listApps(signal)).map(appOf) }
  },
})
