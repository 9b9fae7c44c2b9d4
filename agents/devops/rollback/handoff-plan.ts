import { pluralize } from '@goalixa/chassis/pluralize'
import type { Plan } from './plan.ts'
import { type Release, reviewsNeeded } from './release.ts'
import { closeRevert, openRevert, refresh } from './revert-steps.ts'

/** Where the branch requires reviews, only people can merge: the pull request is all that may be done. */
export function handoffPlan(release: Release): Plan {
  const { app, sha } = release
  const reviews = pluralize(reviewsNeeded(release), 'review')
  const sync = app?.automated === null ? ` After the merge, sync ${app.name} manually.` : ''
  return {
    steps: [openRevert(release)],
    undo: { steps: [closeRevert(release, 1)] },
    pendingRevert: {
      message: `${app?.name} is refreshed and its recovery is watched when the revert is merged.`,
      app: app?.name ?? '',
      repo: app?.repo ?? '',
      revert: 1,
      ...(sha === null ? {} : { sha }),
      step: refresh(release),
    },
    handoff: `The revert needs ${reviews} and a person to merge it.${sync}`,
  }
}
