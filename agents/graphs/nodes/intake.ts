import { joinWords } from '@goalixa/chassis/join-words'
import type { Scope } from '../../snapshot/snapshot.ts'
import { defineNode } from '../define-node.ts'
import type { InvestigationDeps } from '../ports.ts'

/** Fixes the scope of the investigation. Alerts that arrive later are recorded in the incident and never change it. */
export function intake(deps: InvestigationDeps) {
  return defineNode(deps, 'intake', async ({ investigationId }) => {
    const scope = await deps.record.begin(investigationId)
    await deps.record.addEntry(investigationId, {
      key: 'intake',
      kind: 'investigation-started',
      message: `Investigating ${describeScope(scope)}.`,
      data: {
        namespace: scope.namespace,
        service: scope.service,
        object: scope.object,
        alerts: scope.alerts.map(alert => alert.name),
      },
    })
    return { round: 0, pending: [] }
  })
}

function describeScope({ alerts, service, object, namespace }: Scope): string {
  const names = [...new Set(alerts.map(alert => alert.name))]
  if (names.length > 0) return joinWords(names)
  const subject = service ?? (object === null ? 'everything' : `${object.kind} ${object.name}`)
  return `${subject} in ${namespace ?? 'any namespace'}, as requested`
}
