import { defineNode } from '../define-node.ts'
import type { InvestigationDeps } from '../ports.ts'

/** Keeps the outcome for later incidents; the investigation ends here. */
export function remember(deps: InvestigationDeps) {
  return defineNode(deps, 'remember', async ({ investigationId }) => {
    await deps.record.remember(investigationId)
    return {}
  })
}
