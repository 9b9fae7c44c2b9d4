import { z } from 'zod'
import { ActionId, ObjectName } from '../../names.ts'
import { defineTool } from '../../tool.ts'

export const refreshApp = defineTool({
  name: 'delivery_refresh_app',
  description: 'Has Argo CD look at Git now instead of at its next poll.',
  effect: 'write',
  risk: 'R1',
  onlyTells: true,
  input: z.strictObject({ name: ObjectName, actionId: ActionId }),
  async run({ name }, { argocd }, signal) {
    const { status } = await argocd.getApp(name, signal, 'normal')
    return { name, revision: status?.sync?.revision ?? null, syncStatus: status?.sync?.status ?? null }
  },
  // A refresh leaves no mark, and one more changes nothing: it is never held to be done.
  isDone: async () => undefined,
})
