import { defineTool } from '../tool.ts'
import { AppName } from './app-name.ts'

export const readSyncWindows = defineTool({
  name: 'delivery_read_sync_windows',
  description: 'Reads whether an app may be synced now, and the windows that decide it.',
  effect: 'read',
  input: AppName,
  run: (app, { delivery }, signal) => delivery.readSyncWindows(app, signal),
})
