import type { SnapshotView } from '../snapshot/index-snapshot.ts'
import type { Workload } from '../snapshot/objects/workload.ts'
import type { Proposal } from './proposal.ts'

/** R3 on the critical path of users (tier A, or a tier that nobody told), else R2. */
export function classifyRisk(view: SnapshotView, workload: Workload | undefined): Proposal['risk'] {
  const isBackground = workload?.annotations?.['syntra.goalixa.com/tier'] === 'B'
  const isProduction = !/(^|-)(staging|dev|test)(-|$)/.test(view.namespace ?? '')
  return isProduction && !isBackground ? 'R3' : 'R2'
}
