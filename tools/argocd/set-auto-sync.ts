import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { ACTION_MARK } from '../action-mark.ts'
import { ActionId, ObjectName } from '../names.ts'
import { defineTool } from '../tool.ts'
import { appOf } from './app.ts'

export const setAutoSync = defineTool({
  name: 'argocd_set_auto_sync',
  description: 'Turns auto-sync of an application off (null) or on with prune and self-heal as given.',
  effect: 'write',
  risk: 'R2',
  input: z.strictObject({
    name: ObjectName,
    automated: z.strictObject({ prune: z.boolean(), selfHeal: z.boolean() }).nullable(),
    actionId: ActionId,
  }),
  // Removing `automated` works in every version; `enabled` only since 3.1, so a left-over one is removed as well.
  async run({ name, automated, actionId }, { argocd }, signal) {
    const policy = automated && { ...automated, enabled: null }
    const metadata = { annotations: { [ACTION_MARK]: actionId } }
    await argocd.patchApp(name, { metadata, spec: { syncPolicy: { automated: policy } } }, signal)
    return { name, automated }
  },
  async isDone({ name, automated, actionId }, { argocd }, signal) {
    const raw = await argocd.getApp(name, signal)
    const isMarked = raw.metadata.annotations?.[ACTION_MARK] === actionId
    return isMarked && isDeepStrictEqual(appOf(raw).automated, automated) ? { name, automated } : undefined
  },
})
