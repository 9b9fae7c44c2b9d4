import type { Method } from './choose-method.ts'
import { deliveryRollbackPlan } from './delivery-rollback-plan.ts'
import { gitRevertPlan } from './git-revert-plan.ts'
import { handoffPlan } from './handoff-plan.ts'
import type { Plan } from './plan.ts'
import { type Release, reviewsNeeded } from './release.ts'
import { rolloutUndoPlan } from './rollout-undo-plan.ts'

/** How a method takes a release back. */
export function stepsFor(method: Method, release: Release): Plan {
  if (method === 'delivery-rollback') return deliveryRollbackPlan(release)
  if (method === 'rollout-undo') return rolloutUndoPlan(release)
  return reviewsNeeded(release) > 0 ? handoffPlan(release) : gitRevertPlan(release)
}
