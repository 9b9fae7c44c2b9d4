import { createStep, type Step, type UndoStep } from '../step.ts'
import type { Plan } from './plan.ts'
import type { Release } from './release.ts'
import { closeRevert, openRevert, refresh } from './revert-steps.ts'

/** A merged revert, deployed by auto-sync or by a sync step; undone by a merged revert of that merge. */
export function planGitRevert(release: Release): Plan {
  const { app } = release
  const steps = [openRevert(release), mergeRevert(release), refresh(release)]
  // The merge commit of the revert exists only after the merge.
  const from = { sha: { step: 2, path: 'sha' } }
  const args = { repo: app?.repo ?? '', branch: app?.branch ?? '' }
  const revertRevert: UndoStep[] = [
    {
      ...createStep('forge_open_revert', {
        args,
        from,
        message: 'Open a pull request that reverts the revert.',
      }),
      undoes: 2,
    },
    {
      ...createStep('forge_merge_revert', {
        args: { ...args, withinSeconds: release.checkSeconds },
        from,
        message: mergeMessage(release),
      }),
      undoes: 2,
    },
    { ...refresh(release), undoes: 2 },
  ]
  const close: UndoStep = { ...closeRevert(release, 1), unless: 2 }
  if (app?.automated !== null) return { steps, undo: { steps: [...revertRevert, close] } }
  const sync = manualSync(release)
  return { steps: [...steps, sync], undo: { steps: [...revertRevert, { ...sync, undoes: 4 }, close] } }
}

function mergeRevert(release: Release): Step {
  const { app, sha, checkSeconds } = release
  return createStep('forge_merge_revert', {
    args: {
      repo: app?.repo ?? '',
      branch: app?.branch ?? '',
      sha: sha ?? '',
      withinSeconds: checkSeconds,
    },
    message: mergeMessage(release),
  })
}

function mergeMessage({ requiredChecks }: Release): string {
  return requiredChecks ? 'Merge the pull request as soon as its checks pass.' : 'Merge the pull request.'
}

function manualSync({ app, operationSeconds }: Release): Step {
  const name = app?.name ?? ''
  return createStep('delivery_sync_app', {
    args: { name, withinSeconds: operationSeconds },
    message: `Sync ${name}.`,
  })
}
