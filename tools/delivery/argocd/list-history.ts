import { z } from 'zod'
import { defineTool } from '../../tool.ts'
import { AppName } from './app-name.ts'

/** What `delivery_list_history` gives, newest first: successful syncs only, the last ten by default. */
export const ListedHistory = z.object({
  history: z.array(
    z.object({
      id: z.number(),
      revision: z.string().nullable(),
      deployedAt: z.string().nullable(),
      deployStartedAt: z.string().nullable(),
      initiatedBy: z.string().nullable(),
    }),
  ),
})
export type ListedHistory = z.infer<typeof ListedHistory>

export const listHistory = defineTool({
  name: 'delivery_list_history',
  description: 'Lists the revisions that an application was synced to with success, newest first.',
  effect: 'read',
  input: AppName,
  async run({ name }, { argocd }, signal): Promise<ListedHistory> {
    const { status } = await argocd.getApp(name, signal)
    const history = (status?.history ?? []).map(entry => ({
      id: entry.id,
      revision: entry.revision || (entry.revisions?.[0] ?? null),
      deployedAt: entry.deployedAt ?? null,
      deployStartedAt: entry.deployStartedAt ?? null,
      initiatedBy: entry.initiatedBy?.automated ? 'automated' : (entry.initiatedBy?.username ?? null),
    }))
    return { history: history.toSorted((a, b) => b.id - a.id) }
  },
})
