import type { Step, UndoStep } from '../proposal.ts'
import type { Plan } from './plan.ts'
import type { Release } from './release.ts'
import { closeRevert, openRevert, refresh } from './revert-steps.ts'

/** A merged revert, which Argo CD deploys by itself or by a sync; taken back by a merged revert of that merge. */
export function gitRevertPlan(release: Release): Plan {
  const { app } = release
  const steps = [openRevert(release), mergeRevert(release), refresh(release)]
  // The commit by which the revert came in exists only after the merge.
  const revert = { sha: { step: 2, path: 'sha' } }
  const args = { repo: app?.repo ?? '', branch: app?.branch ?? '' }
  const back: UndoStep[] = [
    {
      ...openRevert(release),
      args,
      from: revert,
      undoes: 2,
      message: 'Open a pull request that reverts the revert.',
    },
    {
      ...mergeRevert(release),
      args: { ...args, withinSeconds: release.checkSeconds },
      from: revert,
      undoes: 2,
    },
    { ...refresh(release), undoes: 2 },
  ]
  const close: UndoStep = { ...closeRevert(release, 1), unless: 2 }
  if (app?.automated !== null) return { steps, undo: { steps: [...back, close] } }
  const sync = syncByHand(release)
  return { steps: [...steps, sync], undo: { steps: [...back, { ...sync, undoes: 4 }, close] } }
}

function mergeRevert(release: Release): Step {
  return {
    tool: 'forge_merge_revert',
    args: { ...openRevert(release).args, withinSeconds: release.checkSeconds },
    message: release.requiredChecks ? 'Merge it as soon as its checks are good.' : 'Merge it.',
  }
}

function syncByHand({ app, operationSeconds }: Release): Step {
  const name = app?.name ?? ''
  return {
    tool: 'delivery_sync_app',
    args: { name, withinSeconds: operationSeconds },
    message: `Sync ${name} by hand.`,
  }
}
