import { pluralize } from '@goalixa/chassis/pluralize'
import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import type { Proposal } from '../proposal.ts'
import { isRefused } from '../rights-question.ts'
import { ownerOf } from './managed-by.ts'
import { type Release, reviewsNeeded } from './release.ts'

export type Method = Extract<Proposal['method'], 'git-revert' | 'delivery-rollback' | 'rollout-undo'>
type Chosen = { method: Method | null; rejected: Proposal['rejected']; warnings: string[] }

const ORDER: Method[] = ['git-revert', 'delivery-rollback', 'rollout-undo']

/**
 * The method by situation: Git first where a merge is fast; Argo CD's own rollback with the revert behind it where Git is
 * slow or syncs are manual; `rollout undo` only where no GitOps would take it back at once.
 */
export function chooseMethod(view: SnapshotView, release: Release): Chosen {
  const reasons: Record<Method, string | null> = {
    'git-revert': whyNoRevert(release),
    'delivery-rollback': whyNoArgoRollback(release),
    'rollout-undo': whyNoUndo(view, release),
  }
  const isPossible = (method: Method) => reasons[method] === null
  const slow = slowness(release)
  const prefersArgo = slow !== null || (release.app !== null && release.app.automated === null)
  const wish: Method[] = prefersArgo ? ['delivery-rollback', 'git-revert', 'rollout-undo'] : ORDER
  const method = wish.find(isPossible) ?? null
  const rejected = ORDER.filter(one => one !== method).map(one => ({
    method: one,
    why: reasons[one] ?? whyLess(one, release, slow),
  }))
  return { method, rejected, warnings: method === null ? [] : warningsFor(view, method, release, slow) }
}

function whyNoRevert({ app, sha, cause }: Release): string | null {
  if (app === null) return 'Git does not deliver this workload'
  if (app.repo === null || app.branch === null) return 'the repository is not known'
  if (sha !== null) return null
  return `not one commit could be named for ${cause.change?.summary ?? 'the change'}`
}

function whyNoArgoRollback({ app, current, target, canSync, sha }: Release): string | null {
  if (app === null) return 'Argo CD does not manage this workload'
  if (app.parent !== null) return `${app.parent} would set the application back at once`
  if (current === null || target === null) return 'its history holds nothing to go back to'
  if (canSync === null) return 'its sync windows could not be read'
  if (!canSync) return 'a sync window forbids it now'
  if (sha === null && app.automated !== null)
    return 'without a revert in Git the next sync would deploy it again'
  return null
}

function whyNoUndo(view: SnapshotView, { app, toRevision, workload }: Release): string | null {
  if (app?.automated?.selfHeal) return 'Argo CD would heal it away within seconds'
  if (app !== null) return 'Git would still say otherwise, and the next sync would deploy it again'
  const owner = workload === undefined ? null : ownerOf(workload)
  if (owner !== null) return `${owner} manages it and would set it back`
  if (workload?.kind !== 'Deployment' || toRevision === null)
    return 'there is no earlier revision to go back to'
  if (isRefused(view, workload)) return 'the cluster does not allow Syntra to change it'
  return workload.isPaused ? 'the deployment is paused' : null
}

/** Why a merge takes long, or null if it does not. Rules that could not be read count as slow. */
function slowness({ app, requiredReviews, requiredChecks }: Release): string | null {
  if (app === null) return null
  if (requiredReviews === null || requiredChecks === null) return 'what the branch demands could not be read'
  if (requiredReviews > 0) return `the branch demands ${pluralize(requiredReviews, 'review')}`
  return requiredChecks > 0 ? `the branch demands ${pluralize(requiredChecks, 'check')}` : null
}

function whyLess(method: Method, { app }: Release, slow: string | null): string {
  if (method === 'git-revert')
    return slow ?? `${app?.name} is synced by hand, so a revert alone deploys nothing`
  return 'a revert in Git is as fast, and keeps Git and the cluster in step'
}

function warningsFor(view: SnapshotView, method: Method, release: Release, slow: string | null): string[] {
  const { app, workload, canSync, sha } = release
  const reviews = reviewsNeeded(release)
  const annotations = Object.keys(workload?.annotations ?? {})
  return [
    ...(method === 'delivery-rollback' && app?.hasHooks ? ['Hooks do not run in a rollback.'] : []),
    ...(method === 'git-revert' && app?.hasHooks
      ? ['The sync of the revert runs the hooks of the version before: ask whether they may run again.']
      : []),
    ...(method === 'delivery-rollback' && app?.automated
      ? [`Auto-sync of ${app.name} stays off until the revert is merged, and then comes back by itself.`]
      : []),
    ...(method === 'delivery-rollback'
      ? [
          sha === null
            ? 'Git still holds the release, and no single commit of it could be named: revert it there, or the next sync deploys it again.'
            : 'The pull request with the revert has to be merged, or the next sync deploys it again.',
        ]
      : []),
    ...(method === 'git-revert' && slow !== null
      ? [
          reviews > 0
            ? `Only the pull request is opened: ${slow}. It is deployed when people have merged it.`
            : `This may take long: ${slow}.`,
        ]
      : []),
    ...(method === 'git-revert' && canSync === false
      ? ['A sync window forbids syncs now; Argo CD deploys the revert when it opens.']
      : []),
    ...(method === 'git-revert' && app?.automated === null
      ? [`${app.name} is synced by hand, so the merge alone deploys nothing.`]
      : []),
    ...(annotations.some(annotation => annotation.startsWith('argocd-image-updater.'))
      ? ['An image updater may write the new tag again: pause it.']
      : []),
    ...(method === 'rollout-undo'
      ? ['Only the pod template goes back: no ConfigMap, Secret, Service or replica count.']
      : []),
    ...(view.scope.alerts.length === 0
      ? ['No alert watches this; recovery is judged by the workload only.']
      : []),
  ]
}
