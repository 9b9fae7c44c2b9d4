import { numberAt } from '../../snapshot/objects/json-path.ts'
import type { Step } from '../proposal.ts'
import type { Plan } from './plan.ts'
import type { Release } from './release.ts'

/** Back to the revision before, by explicit numbers: `undo` of an undo would go forward to the bad one. */
export function rolloutUndoPlan({ workload, toRevision, fromRevision }: Release): Plan {
  const target = { namespace: workload?.namespace ?? '', name: workload?.name ?? '' }
  const generation = numberAt(workload?.object, 'metadata.generation')
  const undo = (revision: number, at: number): Step => ({
    tool: 'kubernetes_undo_rollout',
    args: { ...target, toRevision: revision, generation: at },
    message: `Give ${target.name} the pod template of revision ${revision}.`,
  })
  return {
    steps: [undo(toRevision ?? 0, generation ?? 0)],
    // The undo itself moves the generation by one.
    undo: { steps: [{ ...undo(fromRevision ?? 0, (generation ?? 0) + 1), undoes: 1 }] },
  }
}
