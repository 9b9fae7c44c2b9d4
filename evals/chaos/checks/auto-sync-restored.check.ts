import { isDeepStrictEqual } from 'node:util'
import { AUTO_SYNC, applicationIn } from '../remedies/applications.ts'
import type { Check, Violation } from './check.ts'

export const autoSyncRestored: Check = {
  name: 'auto-sync-restored',
  promise: 'auto-sync that was turned off and restored has its original setting',
  async run({ system: { targets }, cases }) {
    const violations: Violation[] = []
    const restored = cases.filter(({ steps }) =>
      steps.some(
        ({ phase, tool, state }) => phase !== 'do' && tool === 'delivery_set_auto_sync' && state === 'done',
      ),
    )
    for (const { service, action } of restored) {
      const { automated } = (await applicationIn(targets, service.name)).spec.syncPolicy ?? {}
      const isSame = isDeepStrictEqual(
        { prune: automated?.prune ?? false, selfHeal: automated?.selfHeal ?? false },
        { ...AUTO_SYNC, selfHeal: false },
      )
      if (!isSame)
        violations.push({
          id: action.id,
          message: `auto-sync of ${service.name} is ${JSON.stringify(automated ?? null)}, not ${JSON.stringify(AUTO_SYNC)}`,
          lookAt: `GET /api/v1/applications/${service.name}`,
        })
    }
    return { checked: restored.length, violations }
  },
}
