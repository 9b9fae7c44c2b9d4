import { defineNode } from '../define-node.ts'
import type { InvestigationDeps } from '../ports.ts'

/** Fixes what the investigation is about. Alerts that come later go to the incident's record, never in here. */
export function intake(deps: InvestigationDeps) {
  return defineNode(deps, 'intake', async ({ investigationId }) => {
    const scope = await deps.record.begin(investigationId)
    const names = scope.alerts.map(alert => alert.name)
    await deps.record.addEntry(investigationId, {
      key: 'intake',
      kind: 'investigation-started',
      message: names.length > 0 ? `Looks into ${names.join(', ')}.` : 'Looks into what a person asked.',
      data: { namespace: scope.namespace, service: scope.service, object: scope.object, alerts: names },
    })
    return { round: 0, pending: [] }
  })
}
