import { defineNode } from '../define-node.ts'
import type { InvestigationDeps } from '../ports.ts'

/** Writes the report. */
export function report(deps: InvestigationDeps) {
  return defineNode(deps, 'report', async ({ investigationId }) => {
    await deps.record.report(investigationId)
    await deps.record.addEntry(investigationId, {
      key: 'report',
      kind: 'report',
      message: 'The report is written.',
    })
    return {}
  })
}
