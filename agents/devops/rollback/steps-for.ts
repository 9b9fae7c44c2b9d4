import { numberAt } from '../../incident/view/fields.ts'
import type { Proposal, Step } from '../proposal.ts'
import type { Method } from './choose-method.ts'
import type { Release } from './release.ts'

type Plan = { steps: Step[]; undo: Proposal['undo'] }

/** The calls of a method in their order, and those that take it back. */
export function stepsFor(method: Method, release: Release): Plan {
  if (method === 'git-revert') return gitRevert(release)
  if (method === 'argocd-rollback') return argocdRollback(release)
  return rolloutUndo(release)
}

function gitRevert(release: Release): Plan {
  const { app } = release
  const name = app?.name ?? ''
  const sync: Step[] =
    app?.automated === null
      ? [{ tool: 'argocd_sync_app', args: { name }, says: `Sync ${name} by hand.` }]
      : []
  return {
    steps: [
      openRevert(release),
      { tool: 'github_merge_revert', args: revertArgs(release), says: 'Merge it.' },
      { tool: 'argocd_refresh_app', args: { name }, says: `Have Argo CD look at Git now.` },
      ...sync,
    ],
    undo: forward(release),
  }
}

function argocdRollback(release: Release): Plan {
  const { app, target, sha } = release
  const name = app?.name ?? ''
  const pause: Step[] =
    app?.automated === null
      ? []
      : [
          {
            tool: 'argocd_set_auto_sync',
            args: { name, automated: null },
            says: `Turn auto-sync of ${name} off.`,
          },
        ]
  return {
    steps: [
      ...pause,
      {
        tool: 'argocd_rollback_app',
        args: { name, id: target?.id ?? 0 },
        says: `Deploy ${target?.revision.slice(0, 7)} again (history id ${target?.id}).`,
      },
      ...(sha === null ? [] : [openRevert(release)]),
    ],
    undo: forward(release),
  }
}

/** Back to the deployment that is there now. A revert of the revert needs a commit that does not exist yet. */
function forward({ app, current }: Release): Proposal['undo'] {
  if (app === null || current === null)
    return { irreversible: 'The deployment before the revert is not in the history.' }
  if (app.parent !== null)
    return { irreversible: `${app.parent} sets the application; revert the revert in Git by hand.` }
  const { name, automated } = app
  const pause: Step[] =
    automated === null
      ? []
      : [
          {
            tool: 'argocd_set_auto_sync',
            args: { name, automated: null },
            says: `Turn auto-sync of ${name} off.`,
          },
        ]
  return {
    steps: [
      ...pause,
      {
        tool: 'argocd_rollback_app',
        args: { name, id: current.id },
        says: `Deploy ${current.revision.slice(0, 7)} again.`,
      },
    ],
  }
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
    undo: { steps: [undo(fromRevision ?? 0, (generation ?? 0) + 1)] },
  }
}

function openRevert(release: Release): Step {
  return {
    tool: 'github_open_revert',
    args: revertArgs(release),
    says: `Open a pull request that reverts ${release.sha?.slice(0, 7)}.`,
  }
}

function revertArgs({ app, sha }: Release): Step['args'] {
  return { repo: app?.repo ?? '', branch: app?.branch ?? '', sha: sha ?? '' }
}
