import type { AutoSync } from '../app.ts'
import type { RawApplication } from './raw-application.ts'

/** The auto-sync of an application. `enabled: false` turns it off since Argo CD 3.1; before, the mere presence of `automated` turned it on. */
export function autoSyncOf({ spec }: RawApplication): AutoSync {
  const automated = spec.syncPolicy?.automated
  if (!automated || automated.enabled === false) return null
  const { prune, selfHeal, allowEmpty } = automated
  return { prune: prune ?? false, selfHeal: selfHeal ?? false, ...(allowEmpty ? { allowEmpty } : {}) }
}
