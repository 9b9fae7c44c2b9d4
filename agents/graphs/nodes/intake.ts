import { defineNode } from '../define-node.ts'
import type { InvestigationDeps } from '../ports.ts'

/** Fixes what the investigation is about. Alerts that come later go to the incident's record, never in here. */
export function intake(deps: InvestigationDeps) {
  return defineNode(deps, 'intake', async ({ investigationId }) => {
    const about = await deps.record.begin(investigationId)
    const names = about.alerts.map(alert => alert.name)
    await deps.record.tell(investigationId, {
      key: 'intake',
      kind: 'investigation-started',
      says: names.length > 0 ? `Looks into ${names.join(', ')}.` : 'Looks into what a person asked.',
      data: { namespace: about.namespace, service: about.service, object: about.object, alerts: names },
    })
    return { round: 0, pending: [] }
  })
}
