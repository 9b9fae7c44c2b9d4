import { pluralize } from '@goalixa/chassis/pluralize'
import type { Plan } from './plan.ts'
import { type Release, reviewsNeeded } from './release.ts'
import { closeRevert, openRevert, refresh } from './revert-steps.ts'

/** Where the branch demands reviews, only people can merge: the pull request is all that may be done. */
export function handoffPlan(release: Release): Plan {
  const reviews = reviewsNeeded(release)
  const sync =
    release.app?.automated === null ? ` After the merge ${release.app.name} has to be synced by hand.` : ''
  return {
    steps: [openRevert(release)],
    undo: { steps: [closeRevert(release, 1)] },
    pendingRevert: {
      message: 'When it is merged, Argo CD looks at Git, and recovery is watched',
      app: release.app?.name ?? '',
      repo: release.app?.repo ?? '',
      revert: 1,
      ...(release.sha === null ? {} : { sha: release.sha }),
      step: refresh(release),
    },
    handoff: `The revert waits for ${pluralize(reviews, 'review')} and for somebody who merges it.${sync}`,
  }
}
