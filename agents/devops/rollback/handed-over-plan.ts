import { counted } from '@goalixa/chassis/counted'
import type { Plan } from './plan.ts'
import { type Release, reviewsNeeded } from './release.ts'
import { closeRevert, openRevert } from './revert-steps.ts'

/** Where the branch demands reviews, only people can merge: the pull request is all that may be done. */
export function handedOverPlan(release: Release): Plan {
  const reviews = reviewsNeeded(release)
  const sync =
    release.app?.automated === null ? ` After the merge ${release.app.name} has to be synced by hand.` : ''
  return {
    steps: [openRevert(release)],
    undo: { steps: [closeRevert(release, 1)] },
    handsOver: `The revert waits for ${counted(reviews, 'review')} and for somebody who merges it.${sync}`,
  }
}
