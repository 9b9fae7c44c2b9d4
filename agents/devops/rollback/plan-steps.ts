import type { RollbackMethod } from '../proposal.ts'
import type { Plan } from './plan.ts'
import { planDeliveryRollback } from './plan-delivery-rollback.ts'
import { planGitRevert } from './plan-git-revert.ts'
import { planHandoff } from './plan-handoff.ts'
import { planRolloutUndo } from './plan-rollout-undo.ts'
import { type Release, reviewsNeeded } from './release.ts'

/** The plan by which a method rolls a release back. */
export function planSteps(method: RollbackMethod, release: Release): Plan {
  switch (method) {
    case 'delivery-rollback':
      return planDeliveryRollback(release)
    case 'rollout-undo':
      return planRolloutUndo(release)
    case 'git-revert':
      return reviewsNeeded(release) > 0 ? planHandoff(release) : planGitRevert(release)
  }
}
