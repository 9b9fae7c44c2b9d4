import { numberAt } from '../../snapshot/objects/json-path.ts'
import { createStep, type Step } from '../step.ts'
import type { Plan } from './plan.ts'
import type { Release } from './release.ts'

/** A rollout undo with explicit revision numbers, because a second undo without one would return to the bad revision. */
export function planRolloutUndo({ workload, toRevision, fromRevision }: Release): Plan {
  const target = { namespace: workload?.namespace ?? '', name: workload?.name ?? '' }
  const approved = numberAt(workload?.object, 'metadata.generation') ?? 0
  const restore = (revision: number, generation: number): Step =>
    createStep('kubernetes_undo_rollout', {
      args: { ...target, toRevision: revision, generation },
      message: `Restore the pod template of revision ${revision} of ${target.name}.`,
    })
  return {
    steps: [restore(toRevision ?? 0, approved)],
    // The rollback itself raises the generation by one.
    undo: { steps: [{ ...restore(fromRevision ?? 0, approved + 1), undoes: 1 }] },
  }
}
