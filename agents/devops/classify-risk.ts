import { classifyTarget } from '../catalog/classify-target.ts'
import type { SnapshotView } from '../snapshot/index-snapshot.ts'
import type { Proposal } from './proposal.ts'

/** Environment and tier of a target with their sources, and the risk that follows: R3 on the user path of production, else R2. */
export function classifyRisk(
  view: SnapshotView,
  target: Pick<Proposal['target'], 'kind' | 'namespace' | 'name'>,
) {
  const classification = classifyTarget(view, target)
  const { environment, tier } = classification
  const isUserPath = environment.value === 'production' && tier.value === 'A'
  return { classification, risk: isUserPath ? 'R3' : 'R2' } satisfies Partial<Proposal>
}
