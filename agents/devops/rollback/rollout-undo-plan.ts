import { numberAt } from '../../snapshot/objects/json-path.ts'
import { createStep, type Step } from '../step.ts'
import type { Plan } from './plan.ts'
import type { Release } from './release.ts'

/** Back to the previous revision, by explicit numbers: `undo` of an undo would go forward to the bad one. */
export function rolloutUndoPlan({ workload, toRevision, fromRevision }: Release): Plan {
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
