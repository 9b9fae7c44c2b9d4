import { pluralize } from '@goalixa/chassis/pluralize'
import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import { type Proposal, RollbackMethod } from '../proposal.ts'
import { isRefused } from '../rights-question.ts'
import { managerOf } from './managed-by.ts'
import { type Release, reviewsNeeded } from './release.ts'

type Chosen = { method: RollbackMethod | null; rejected: Proposal['rejected']; warnings: string[] }

/**
 * The method by situation: Git first where a merge is fast; the deploy system's own rollback with the revert behind it where
 * Git is slow or syncs are manual; `rollout undo` only where no GitOps would revert it at once.
 */
export function chooseMethod(view: SnapshotView, release: Release): Chosen {
  const reasons: Record<RollbackMethod, string | null> = {
    'git-revert': reasonNotToRevert(release),
    'delivery-rollback': reasonNotToRollBackDelivery(release),
    'rollout-undo': reasonNotToUndoRollout(view, release),
  }
  const slow = reasonGitIsSlow(release)
  const prefersDelivery = slow !== null || (release.app !== null && release.app.automated === null)
  const order: RollbackMethod[] = prefersDelivery
    ? ['delivery-rollback', 'git-revert', 'rollout-undo']
    : RollbackMethod.options
  const method = order.find(candidate => reasons[candidate] === null) ?? null
  const rejected = RollbackMethod.options
    .filter(candidate => candidate !== method)
    .map(candidate => ({
      method: candidate,
      why: reasons[candidate] ?? reasonNotPreferred(candidate, release, slow),
    }))
  return { method, rejected, warnings: method === null ? [] : warningsFor(view, method, release, slow) }
}

function reasonNotToRevert({ app, sha, cause }: Release): string | null {
  if (app === null) return 'Git does not deliver this workload'
  if (app.repo === null || app.branch === null) return 'the repository is not known'
  if (sha !== null) return null
  return `no single commit is behind ${cause.change?.summary ?? 'the change'}`
}

function reasonNotToRollBackDelivery({ app, current, target, canSync, sha }: Release): string | null {
  if (app === null) return 'Argo CD does not manage this workload'
  if (app.parent !== null) return `${app.parent} would reset the application at once`
  if (current === null || target === null) return 'its history holds no earlier deployment'
  if (canSync === null) return 'its sync windows could not be read'
  if (!canSync) return 'a sync window forbids it now'
  if (sha === null && app.automated !== null)
    return 'without a revert on Git the next sync would deploy the release again'
  return null
}

function reasonNotToUndoRollout(view: SnapshotView, { app, toRevision, workload }: Release): string | null {
  if (app?.automated?.selfHeal) return 'self-heal would revert it within seconds'
  if (app !== null) return 'Git would still hold the release, and the next sync would deploy it again'
  const manager = workload === undefined ? null : managerOf(workload)
  if (manager !== null) return `${manager} manages the workload and would reset it`
  if (workload?.kind !== 'Deployment' || toRevision === null) return 'there is no earlier revision'
  if (isRefused(view, workload)) return 'the cluster does not allow Syntra to change it'
  return workload.isPaused ? 'the deployment is paused' : null
}

/** Why a merge takes long, or null if it does not. Rules that could not be read count as slow. */
function reasonGitIsSlow({ app, requiredReviews, requiredChecks }: Release): string | null {
  if (app === null) return null
  if (requiredReviews === null || requiredChecks === null) return 'the rules of the branch could not be read'
  if (requiredReviews > 0) return `the branch requires ${pluralize(requiredReviews, 'review')}`
  return requiredChecks > 0 ? `the branch requires ${pluralize(requiredChecks, 'check')}` : null
}

function reasonNotPreferred(method: RollbackMethod, { app }: Release, slow: string | null): string {
  if (method === 'git-revert')
    return slow ?? `${app?.name} is synced manually, so a revert alone deploys nothing`
  return 'a revert on Git is as fast, and keeps Git and the cluster in sync'
}

function warningsFor(
  view: SnapshotView,
  method: RollbackMethod,
  release: Release,
  slow: string | null,
): string[] {
  return [
    ...methodWarnings(method, release, slow),
    ...(isImageUpdated(release) ? ['An image updater may write the new tag again: pause it.'] : []),
    ...(view.scope.alerts.length === 0
      ? ['No alert watches this workload: recovery is judged by its rollout only.']
      : []),
  ]
}

function methodWarnings(method: RollbackMethod, release: Release, slow: string | null): string[] {
  switch (method) {
    case 'git-revert':
      return revertWarnings(release, slow)
    case 'delivery-rollback':
      return deliveryWarnings(release)
    case 'rollout-undo':
      return ['Only the pod template is rolled back, not a ConfigMap, Secret, Service or the replica count.']
  }
}

function revertWarnings(release: Release, slow: string | null): string[] {
  const { app, canSync } = release
  return [
    ...(app?.hasHooks
      ? ['The sync of the revert runs the hooks of the previous version: check that they may run again.']
      : []),
    ...(slow === null
      ? []
      : [
          reviewsNeeded(release) > 0
            ? `Only the pull request is opened, because ${slow}. The revert is deployed when people have merged it.`
            : `The merge may take long, because ${slow}.`,
        ]),
    ...(canSync === false ? ['A sync window forbids syncs now: the revert is deployed when it opens.'] : []),
    ...(app?.automated === null
      ? [`${app.name} is synced manually, so the merge alone deploys nothing.`]
      : []),
  ]
}

function deliveryWarnings({ app, sha }: Release): string[] {
  return [
    ...(app?.hasHooks ? ['Hooks do not run in a rollback.'] : []),
    ...(app?.automated
      ? [`Auto-sync of ${app.name} stays off until the revert is merged, and is then restored automatically.`]
      : []),
    sha === null
      ? 'Git still holds the release, and no single commit of it could be identified: revert it there, or the next sync deploys it again.'
      : 'Merge the pull request with the revert, or the next sync deploys the release again.',
  ]
}

function isImageUpdated({ workload }: Release): boolean {
  return Object.keys(workload?.annotations ?? {}).some(key => key.startsWith('argocd-image-updater.'))
}
