import type { RollbackMethod } from '../proposal.ts'
import { deliveryRollbackPlan } from './delivery-rollback-plan.ts'
import { gitRevertPlan } from './git-revert-plan.ts'
import { handoffPlan } from './handoff-plan.ts'
import type { Plan } from './plan.ts'
import { type Release, reviewsNeeded } from './release.ts'
import { rolloutUndoPlan } from './rollout-undo-plan.ts'

/** The plan by which a method rolls a release back. */
export function planSteps(method: RollbackMethod, release: Release): Plan {
  switch (method) {
    case 'delivery-rollback':
      return deliveryRollbackPlan(release)
    case 'rollout-undo':
      return rolloutUndoPlan(release)
    case 'git-revert':
      return reviewsNeeded(release) > 0 ? handoffPlan(release) : gitRevertPlan(release)
  }
}
