import { pluralize } from '@goalixa/chassis/pluralize'
import type { Plan } from './plan.ts'
import { type Release, reviewsNeeded } from './release.ts'
import { closeRevert, openRevert, refresh } from './revert-steps.ts'

/** Where the branch requires reviews, only people can merge, so that Syntra stops after it has opened the pull request. */
export function planHandoff(release: Release): Plan {
  const { app, sha } = release
  const reviews = pluralize(reviewsNeeded(release), 'review')
  const sync = app?.automated === null ? ` After the merge, sync ${app.name} manually.` : ''
  return {
    steps: [openRevert(release)],
    undo: { steps: [closeRevert(release, 1)] },
    pendingRevert: {
      message: `Once the revert is merged, Syntra refreshes ${app?.name} and checks its recovery.`,
      app: app?.name ?? '',
      repo: app?.repo ?? '',
      revert: 1,
      ...(sha === null ? {} : { sha }),
      step: refresh(release),
    },
    handoff: `The pull request with the revert needs ${reviews} and a person to merge it.${sync}`,
  }
}
