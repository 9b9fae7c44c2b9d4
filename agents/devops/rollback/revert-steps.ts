import { createStep, type Step, type UndoStep } from '../step.ts'
import type { Release } from './release.ts'

/** The step that opens the pull request with the revert. */
export function openRevert({ app, sha }: Release): Step {
  return createStep('forge_open_revert', {
    args: { repo: app?.repo ?? '', branch: app?.branch ?? '', sha: sha ?? '' },
    message: `Open a pull request that reverts commit ${sha?.slice(0, 7)}.`,
  })
}

/** The step that closes the pull request; `opened` is the number of the step (from 1) that opened it. */
export function closeRevert({ app }: Release, opened: number): UndoStep {
  const fromOpened = (path: string) => ({ step: opened, path })
  return {
    ...createStep('forge_close_revert', {
      args: { repo: app?.repo ?? '' },
      from: { number: fromOpened('number'), branch: fromOpened('branch'), sha: fromOpened('sha') },
      message: 'Close the pull request with the revert, unless it was merged or changed.',
    }),
    undoes: opened,
  }
}

/** The step that makes the deploy system compare with Git at once. */
export function refresh({ app }: Release): Step {
  const name = app?.name ?? ''
  return createStep('delivery_refresh_app', {
    args: { name },
    message: `Refresh ${name}, so that the merge is deployed at once.`,
  })
}
