import { z } from 'zod'
import { defineTool } from '../../tool.ts'
import { AppName } from './app-name.ts'

const Window = z.looseObject({
  kind: z.string().nullish(),
  schedule: z.string().nullish(),
  duration: z.string().nullish(),
})

/** What `delivery_read_sync_windows` gives. `canSync` is about a sync that a person starts. */
export const SyncWindows = z.object({
  canSync: z.boolean(),
  active: z.array(Window),
  assigned: z.array(Window),
})
export type SyncWindows = z.infer<typeof SyncWindows>

const Answer = z.looseObject({
  canSync: z.boolean().nullish(),
  activeWindows: z.array(Window).nullish(),
  assignedWindows: z.array(Window).nullish(),
})

export const readSyncWindows = defineTool({
  name: 'delivery_read_sync_windows',
  description: 'Tells whether an application may be synced now, and the windows that say so.',
  effect: 'read',
  input: AppName,
  async run({ name }, { argocd }, signal): Promise<SyncWindows> {
    const answer = await argocd.read(name, 'syncwindows', Answer, signal)
    const assigned = answer.assignedWindows ?? []
    // A false may be left out of the JSON; only without any window is its absence a yes.
    return { canSync: answer.canSync ?? assigned.length === 0, active: answer.activeWindows ?? [], assigned }
  },
})
