import type { Proposal, Step, UndoStep } from '../proposal.ts'
import type { Plan } from './plan.ts'
import type { Release } from './release.ts'
import { closeRevert, openRevert } from './revert-steps.ts'

/** Argo CD's own rollback with auto-sync paused, and the pull request with the revert behind it. */
export function deliveryRollbackPlan(release: Release): Plan {
  const { app, sha } = release
  const pause = app?.automated === null ? [] : [pauseOf(release)]
  const revert = sha === null ? [] : [openRevert(release)]
  const steps = [...pause, deploy(release, release.target), ...revert]
  const rollback = pause.length + 1
  const undo: UndoStep[] = [
    ...revert.map(() => closeRevert(release, rollback + 1)),
    { ...deploy(release, release.current), undoes: rollback },
    ...pause.map(() => ({ ...restoreOf(release), undoes: 1 })),
  ]
  if (pause.length === 0 || revert.length === 0) return { steps, undo: { steps: undo } }
  return { steps, undo: { steps: undo }, pendingRevert: pendingRevertOf(release, rollback + 1) }
}

function pauseOf({ app }: Release): Step {
  const name = app?.name ?? ''
  return {
    tool: 'delivery_set_auto_sync',
    args: { name, automated: null },
    message: `Turn auto-sync of ${name} off.`,
  }
}

/** Puts back what the first step, the pause, found; only if it is still as that has left it. */
function restoreOf({ app }: Release): Step {
  const name = app?.name ?? ''
  return {
    tool: 'delivery_set_auto_sync',
    args: { name },
    from: { automated: { step: 1, path: 'before' }, leftBy: { step: 1, path: 'mark' } },
    message: `Turn auto-sync of ${name} on again as it was.`,
  }
}

function pendingRevertOf(release: Release, revert: number): NonNullable<Proposal['pendingRevert']> {
  const { app } = release
  return {
    message: `Auto-sync of ${app?.name} is off; it comes back when the revert is merged`,
    app: app?.name ?? '',
    repo: app?.repo ?? '',
    pause: 1,
    revert,
    ...(release.sha === null ? {} : { sha: release.sha }),
    step: restoreOf(release),
  }
}

function deploy({ app, operationSeconds }: Release, entry: Release['target']): Step {
  return {
    tool: 'delivery_rollback_app',
    args: { name: app?.name ?? '', id: entry?.id ?? 0, withinSeconds: operationSeconds },
    message: `Deploy ${entry?.revision.slice(0, 7)} again (history id ${entry?.id}).`,
  }
}
