import type { View } from '../incident/view/view.ts'
import type { Workload } from '../incident/view/workload.ts'
import type { Proposal } from './proposal.ts'

/** R3 on the critical path of users (tier A, or a tier that nobody told), else R2. */
export function riskOf(view: View, workload: Workload | undefined): Proposal['risk'] {
  const tier = Object.entries(workload?.annotations ?? {}).find(([key]) => key.endsWith('/tier'))?.[1]
  const isOther = tier !== undefined && tier !== 'A'
  const isProduction = !/(^|-)(staging|dev|test)(-|$)/.test(view.namespace ?? '')
  return isProduction && !isOther ? 'R3' : 'R2'
}
