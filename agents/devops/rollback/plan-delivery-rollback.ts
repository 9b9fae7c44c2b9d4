import type { PendingRevert } from '../proposal.ts'
import { createStep, type Step, type UndoStep } from '../step.ts'
import type { Plan } from './plan.ts'
import type { Release } from './release.ts'
import { closeRevert, openRevert } from './revert-steps.ts'

/** The deploy system's own rollback with auto-sync paused, and the pull request with the revert behind it. */
export function planDeliveryRollback(release: Release): Plan {
  const { app, sha } = release
  const pause = app?.automated === null ? [] : [pauseAutoSync(release)]
  const revert = sha === null ? [] : [openRevert(release)]
  const steps = [...pause, deploy(release, release.target), ...revert]
  const rollback = pause.length + 1
  const undo: UndoStep[] = [
    ...revert.map(() => closeRevert(release, rollback + 1)),
    { ...deploy(release, release.current), undoes: rollback },
    ...pause.map(() => ({ ...restoreAutoSync(release), undoes: 1 })),
  ]
  if (pause.length === 0 || revert.length === 0) return { steps, undo: { steps: undo } }
  return { steps, undo: { steps: undo }, pendingRevert: pendingRevert(release, rollback + 1) }
}

function pauseAutoSync({ app }: Release): Step {
  const name = app?.name ?? ''
  return createStep('delivery_set_auto_sync', {
    args: { name, automated: null, before: app?.automated ?? null },
    message: `Turn off auto-sync of ${name}.`,
  })
}

/** Restores the setting that the first step, the pause, replaced, unless it was changed since. */
function restoreAutoSync({ app }: Release): Step {
  const name = app?.name ?? ''
  return createStep('delivery_set_auto_sync', {
    args: { name },
    from: { automated: { step: 1, path: 'before' }, leftBy: { step: 1, path: 'mark' } },
    message: `Restore auto-sync of ${name}.`,
  })
}

function pendingRevert(release: Release, revert: number): PendingRevert {
  const { app } = release
  return {
    message: `Auto-sync of ${app?.name} is off until the revert is merged; Syntra then restores it.`,
    app: app?.name ?? '',
    repo: app?.repo ?? '',
    pause: 1,
    revert,
    ...(release.sha === null ? {} : { sha: release.sha }),
    step: restoreAutoSync(release),
  }
}

function deploy({ app, operationSeconds }: Release, deployment: Release['target']): Step {
  const id = deployment?.id ?? 0
  return createStep('delivery_rollback_app', {
    args: {
      name: app?.name ?? '',
      id,
      ...(deployment === null ? {} : { revision: deployment.revision }),
      ...(deployment?.content ? { content: deployment.content } : {}),
      withinSeconds: operationSeconds,
    },
    message: `Deploy commit ${deployment?.revision.slice(0, 7)} again (history id ${id}).`,
  })
}
