import type { ThreadConclusions } from '../create-conclusions.ts'
import { defineNode } from '../define-node.ts'
import type { InvestigationDeps } from '../ports.ts'

/** Writes the report. */
export function report(deps: InvestigationDeps, conclusions: ThreadConclusions) {
  const { record } = deps
  return defineNode(deps, 'report', async ({ investigationId }) => {
    conclusions.forget(investigationId)
    await record.report(investigationId)
    await record.addEntry(investigationId, {
      key: 'report',
      kind: 'report',
      message: 'The report is written.',
    })
    return {}
  })
}

/** Keeps the outcome for later incidents; the investigation ends here. */
export function remember(deps: InvestigationDeps) {
  return defineNode(deps, 'remember', async ({ investigationId }) => {
    await deps.record.remember(investigationId)
    return {}
  })
}
