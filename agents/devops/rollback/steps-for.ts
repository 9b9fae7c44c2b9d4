import { numberAt } from '../../incident/view/fields.ts'
import type { Proposal, Step, UndoStep } from '../proposal.ts'
import type { Method } from './choose-method.ts'
import { type Release, reviewsNeeded } from './release.ts'

type Plan = Pick<Proposal, 'steps' | 'undo' | 'followUp' | 'handsOver'>

/** The calls of a method in their order, what takes each of them back, and what is left for later or for people. */
export function stepsFor(method: Method, release: Release): Plan {
  if (method === 'git-revert') return reviewsNeeded(release) > 0 ? handedOver(release) : gitRevert(release)
  if (method === 'argocd-rollback') return argocdRollback(release)
  return rolloutUndo(release)
}

function gitRevert(release: Release): Plan {
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
      says: 'Open a pull request that reverts the revert.',
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

/** Where the branch demands reviews, only people can merge: the pull request is all that may be done. */
function handedOver(release: Release): Plan {
  const reviews = reviewsNeeded(release)
  const noun = reviews === 1 ? 'review' : 'reviews'
  const sync =
    release.app?.automated === null ? ` After the merge ${release.app.name} has to be synced by hand.` : ''
  return {
    steps: [openRevert(release)],
    undo: { steps: [closeRevert(release, 1)] },
    handsOver: `The revert waits for ${reviews} ${noun} and for somebody who merges it.${sync}`,
  }
}

function argocdRollback(release: Release): Plan {
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
  return { steps, undo: { steps: undo }, followUp: followUpOf(release, rollback + 1) }
}

function rolloutUndo({ workload, toRevision, fromRevision }: Release): Plan {
  const target = { namespace: workload?.namespace ?? '', name: workload?.name ?? '' }
  const generation = numberAt(workload?.object, 'metadata.generation')
  const undo = (revision: number, at: number): Step => ({
    tool: 'kubernetes_undo_rollout',
    args: { ...target, toRevision: revision, generation: at },
    says: `Give ${target.name} the pod template of revision ${revision}.`,
  })
  return {
    steps: [undo(toRevision ?? 0, generation ?? 0)],
    // The undo itself moves the generation by one.
    undo: { steps: [{ ...undo(fromRevision ?? 0, (generation ?? 0) + 1), undoes: 1 }] },
  }
}

function pauseOf({ app }: Release): Step {
  const name = app?.name ?? ''
  return {
    tool: 'argocd_set_auto_sync',
    args: { name, automated: null },
    says: `Turn auto-sync of ${name} off.`,
  }
}

/** Puts back what the first step, the pause, found; only if it is still as that has left it. */
function restoreOf({ app }: Release): Step {
  const name = app?.name ?? ''
  return {
    tool: 'argocd_set_auto_sync',
    args: { name },
    from: { automated: { step: 1, path: 'before' }, leftBy: { step: 1, path: 'mark' } },
    says: `Turn auto-sync of ${name} on again as it was.`,
  }
}

function followUpOf(release: Release, revert: number): NonNullable<Proposal['followUp']> {
  const { app } = release
  return {
    says: `Auto-sync of ${app?.name} is off; it comes back when the revert is merged`,
    app: app?.name ?? '',
    repo: app?.repo ?? '',
    pause: 1,
    revert,
    step: restoreOf(release),
  }
}

function deploy({ app, operationSeconds }: Release, entry: Release['target']): Step {
  return {
    tool: 'argocd_rollback_app',
    args: { name: app?.name ?? '', id: entry?.id ?? 0, withinSeconds: operationSeconds },
    says: `Deploy ${entry?.revision.slice(0, 7)} again (history id ${entry?.id}).`,
  }
}

function openRevert(release: Release): Step {
  return {
    tool: 'github_open_revert',
    args: revertArgs(release),
    says: `Open a pull request that reverts ${release.sha?.slice(0, 7)}.`,
  }
}

function mergeRevert(release: Release): Step {
  return {
    tool: 'github_merge_revert',
    args: { ...revertArgs(release), withinSeconds: release.checkSeconds },
    says: release.requiredChecks ? 'Merge it as soon as its checks are good.' : 'Merge it.',
  }
}

function closeRevert({ app }: Release, opened: number): UndoStep {
  const fromOpened = (path: string) => ({ step: opened, path })
  return {
    tool: 'github_close_revert',
    args: { repo: app?.repo ?? '' },
    from: { number: fromOpened('number'), branch: fromOpened('branch'), sha: fromOpened('sha') },
    says: 'Close the pull request with the revert, if nobody has merged or changed it.',
    undoes: opened,
  }
}

function refresh({ app }: Release): Step {
  return {
    tool: 'argocd_refresh_app',
    args: { name: app?.name ?? '' },
    says: 'Have Argo CD look at Git now.',
  }
}

function syncByHand({ app, operationSeconds }: Release): Step {
  const name = app?.name ?? ''
  return {
    tool: 'argocd_sync_app',
    args: { name, withinSeconds: operationSeconds },
    says: `Sync ${name} by hand.`,
  }
}

function revertArgs({ app, sha }: Release): Step['args'] {
  return { repo: app?.repo ?? '', branch: app?.branch ?? '', sha: sha ?? '' }
}
