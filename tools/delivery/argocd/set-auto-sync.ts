import { isDeepStrictEqual } from 'node:util'
import { ExpectedError } from '@goalixa/chassis/errors'
import { z } from 'zod'
import { parseAnswer } from '../../http/parse-answer.ts'
import { ACTION_ID_ANNOTATION } from '../../idempotency-key.ts'
import { ActionId, ObjectName } from '../../names.ts'
import { defineTool } from '../../tool.ts'
import type { RawApplication } from './raw-application.ts'

/** The annotation that keeps the setting which a pause replaced. */
const BEFORE = 'syntra.goalixa.com/auto-sync-before'

const Automated = z
  .strictObject({ prune: z.boolean(), selfHeal: z.boolean(), allowEmpty: z.boolean().optional() })
  .nullable()
type Automated = z.infer<typeof Automated>

export const setAutoSync = defineTool({
  name: 'delivery_set_auto_sync',
  description: 'Turns auto-sync of an application off (null) or on with prune and self-heal as given.',
  effect: 'write',
  risk: 'R2',
  input: z.strictObject({
    name: ObjectName,
    automated: Automated,
    /** Only if auto-sync is still off as the action of this mark has left it. */
    leftBy: ActionId.optional(),
    actionId: ActionId,
  }),
  // Removing `automated` works in every version; `enabled` only since 3.1, so a left-over one is removed as well.
  async run({ name, automated, leftBy, actionId }, { argocd }, signal) {
    const raw = await argocd.getApp(name, signal)
    const before = settingOf(raw)
    if (leftBy !== undefined && (before !== null || idempotencyKey(raw) !== leftBy))
      throw new ExpectedError(
        'conflict',
        'STATE_CHANGED',
        `Somebody else has set auto-sync of ${name} since: it stays as it is.`,
      )
    const kept = automated === null ? JSON.stringify(before) : null
    const patch = {
      metadata: { annotations: { [ACTION_ID_ANNOTATION]: actionId, [BEFORE]: kept } },
      spec: { syncPolicy: { automated: automated && { ...automated, enabled: null } } },
    }
    await argocd.patchApp(name, patch, signal)
    return { name, automated, before, mark: actionId }
  },
  async isDone({ name, automated, actionId }, { argocd }, signal) {
    const raw = await argocd.getApp(name, signal)
    if (idempotencyKey(raw) !== actionId || !isSame(settingOf(raw), automated)) return undefined
    return { name, automated, before: keptIn(raw), mark: actionId }
  },
})

/** What is put back later: the switch and what belongs to it, null where auto-sync is off. */
function settingOf({ spec }: RawApplication): Automated {
  const automated = spec.syncPolicy?.automated
  if (!automated || automated.enabled === false) return null
  const { prune, selfHeal, allowEmpty } = automated
  return { prune: prune ?? false, selfHeal: selfHeal ?? false, ...(allowEmpty ? { allowEmpty } : {}) }
}

function isSame(left: Automated, right: Automated): boolean {
  const plain = (one: Automated) => one && { ...one, allowEmpty: one.allowEmpty ?? false }
  return isDeepStrictEqual(plain(left), plain(right))
}

function idempotencyKey({ metadata }: RawApplication): string | undefined {
  return metadata.annotations?.[ACTION_ID_ANNOTATION]
}

function keptIn({ metadata }: RawApplication): Automated {
  const kept = metadata.annotations?.[BEFORE]
  return kept ? parseAnswer('Argo CD', Automated, parsed(kept)) : null
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
