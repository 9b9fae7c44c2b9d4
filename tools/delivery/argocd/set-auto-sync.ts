import { isDeepStrictEqual } from 'node:util'
import { ExpectedError } from '@goalixa/chassis/errors'
import { ACTION_ID_ANNOTATION } from '../../action-id-annotation.ts'
import { parseAnswer } from '../../http/parse-answer.ts'
import { AutoSync } from '../app.ts'
import type { DeliverySystem } from '../delivery-system.ts'
import type { ArgocdClient } from './argocd-client.ts'
import { parseJsonOrUndefined } from './parse-json-or-undefined.ts'
import type { RawApplication } from './raw-application.ts'

/** The annotation that holds the setting from before a pause. */
const PREVIOUS = 'syntra.goalixa.com/auto-sync-before'

/** Removing `automated` works in every version; `enabled` exists only since Argo CD 3.1, so a left-over one is removed too. */
export function setAutoSync(argocd: ArgocdClient): DeliverySystem['setAutoSync'] {
  return {
    async run({ name, automated, leftBy, actionId }, call) {
      const raw = await argocd.getApp(name, call.signal)
      const before = autoSyncOf(raw)
      if (leftBy !== undefined && (before !== null || actionIdOf(raw) !== leftBy))
        throw new ExpectedError(
          'conflict',
          'STATE_CHANGED',
          `Auto-sync of ${name} was changed by someone else since action ${leftBy}; it is left as it is.`,
        )
      const kept = automated === null ? JSON.stringify(before) : null
      const patch = {
        metadata: { annotations: { [ACTION_ID_ANNOTATION]: actionId, [PREVIOUS]: kept } },
        spec: { syncPolicy: { automated: automated && { ...automated, enabled: null } } },
      }
      await argocd.patchApp(name, patch, call)
      return { name, automated, before, mark: actionId }
    },
    async findEffect({ name, automated, actionId }, { signal }) {
      const raw = await argocd.getApp(name, signal)
      if (actionIdOf(raw) !== actionId || !isSame(autoSyncOf(raw), automated)) return undefined
      return { name, automated, before: previousAutoSync(raw), mark: actionId }
    },
  }
}

function autoSyncOf({ spec }: RawApplication): AutoSync {
  const automated = spec.syncPolicy?.automated
  if (!automated || automated.enabled === false) return null
  const { prune, selfHeal, allowEmpty } = automated
  return { prune: prune ?? false, selfHeal: selfHeal ?? false, ...(allowEmpty ? { allowEmpty } : {}) }
}

function isSame(left: AutoSync, right: AutoSync): boolean {
  const explicit = (setting: AutoSync) => setting && { ...setting, allowEmpty: setting.allowEmpty ?? false }
  return isDeepStrictEqual(explicit(left), explicit(right))
}

function actionIdOf({ metadata }: RawApplication): string | undefined {
  return metadata.annotations?.[ACTION_ID_ANNOTATION]
}

function previousAutoSync({ metadata }: RawApplication): AutoSync {
  const kept = metadata.annotations?.[PREVIOUS]
  return kept ? parseAnswer('Argo CD', AutoSync, parseJsonOrUndefined(kept)) : null
}
