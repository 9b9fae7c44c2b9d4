import { defineNode } from '../define-node.ts'
import type { InvestigationDeps } from '../ports.ts'

/** Fixes the scope of the investigation. Alerts that arrive later are recorded in the incident and never change it. */
export function intake(deps: InvestigationDeps) {
  return defineNode(deps, 'intake', async ({ investigationId }) => {
    const scope = await deps.record.begin(investigationId)
    const names = scope.alerts.map(alert => alert.name)
    await deps.record.addEntry(investigationId, {
      key: 'intake',
      kind: 'investigation-started',
      message:
        names.length > 0 ? `Investigating ${names.join(', ')}.` : 'Investigating what a person asked about.',
      data: { namespace: scope.namespace, service: scope.service, object: scope.object, alerts: names },
    })
    return { round: 0, pending: [] }
  })
}
