import { pluralize } from '@goalixa/chassis/pluralize'
import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import { questionId } from '../../snapshot/question-id.ts'
import { type Proposal, RollbackMethod } from '../proposal.ts'
import { isChangeForbidden } from '../rights-question.ts'
import { findManager } from './find-manager.ts'
import { type Release, reviewsNeeded } from './release.ts'

type Chosen = { method: RollbackMethod | null; rejected: Proposal['rejected']; warnings: string[] }

/**
 * Chooses the rollback method: a revert on Git where a merge is fast; the deploy system's own rollback, with the revert behind
 * it, where Git is slow or syncs are manual; a rollout undo only where no GitOps would reset it at once.
 */
export function chooseMethod(view: SnapshotView, release: Release): Chosen {
  const reasons: Record<RollbackMethod, string | null> = {
    'git-revert': reasonNotToRevert(release),
    'delivery-rollback': reasonNotToRollBackDelivery(view, release),
    'rollout-undo': reasonNotToUndoRollout(view, release),
  }
  const slow = reasonGitIsSlow(release)
  const isDeliveryPreferred = slow !== null || (release.app !== null && release.app.automated === null)
  const order: RollbackMethod[] = isDeliveryPreferred
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
  if (app === null) return 'this workload is not deployed from Git'
  if (app.repo === null || app.branch === null) return 'the repository is not known'
  if (sha !== null) return null
  return `no single commit could be identified for ${cause.change?.summary ?? 'the change'}`
}

function reasonNotToRollBackDelivery(
  view: SnapshotView,
  { app, current, target, canSync, sha }: Release,
): string | null {
  if (app === null) return 'no deploy system manages this workload'
  if (app.parent !== null) return `the parent application ${app.parent} would reset ${app.name} at once`
  if (!view.wasRead(questionId.deliveryHistory(app.name)))
    return `the history of ${app.name} could not be read`
  if (current === null || target === null)
    return `the history of ${app.name} has no earlier deployment to return to`
  if (canSync === null) return `the sync windows of ${app.name} could not be read`
  if (!canSync) return 'a sync window forbids syncs now'
  if (sha === null && app.automated !== null)
    return 'without a revert on Git, the next sync would deploy the release again'
  return null
}

function reasonNotToUndoRollout(view: SnapshotView, { app, toRevision, workload }: Release): string | null {
  if (app?.automated?.selfHeal) return `self-heal of ${app.name} would reset it within seconds`
  if (app !== null) return 'Git would still contain the release, and the next sync would deploy it again'
  const manager = workload === undefined ? null : findManager(workload)
  if (manager !== null) return `${manager} manages the workload and would reset it`
  if (workload?.kind !== 'Deployment' || toRevision === null) return 'the workload has no earlier revision'
  if (isChangeForbidden(view, workload)) return 'the cluster does not allow Syntra to change it'
  return workload.isPaused ? `the Deployment ${workload.name} is paused` : null
}

/** Why a merge takes long, as a clause; null if it does not. Branch rules that could not be read count as slow. */
function reasonGitIsSlow({ app, requiredReviews, requiredChecks }: Release): string | null {
  if (app === null) return null
  if (requiredReviews === null || requiredChecks === null) return 'the rules of the branch could not be read'
  if (requiredReviews > 0) return `the branch requires ${pluralize(requiredReviews, 'review')}`
  return requiredChecks > 0 ? `the branch requires ${pluralize(requiredChecks, 'check')}` : null
}

function reasonNotPreferred(method: RollbackMethod, { app }: Release, slow: string | null): string {
  if (method === 'git-revert')
    return slow ?? `${app?.name} is synced manually, so that a revert alone deploys nothing`
  return 'a revert on Git is as fast and keeps Git and the cluster in sync'
}

function warningsFor(
  view: SnapshotView,
  method: RollbackMethod,
  release: Release,
  slow: string | null,
): string[] {
  return [
    ...methodWarnings(method, release, slow),
    ...(isImageUpdated(release)
      ? ['Argo CD Image Updater may deploy the new tag again: pause it for this image.']
      : []),
    ...(view.scope.alerts.length === 0
      ? ['No alert covers this workload, so that Syntra judges recovery by the rollout only.']
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
      return [
        'A rollout undo restores only the pod template, not a ConfigMap, Secret, Service or the replica count.',
      ]
  }
}

function revertWarnings(release: Release, slow: string | null): string[] {
  const { app, canSync } = release
  return [
    ...(app?.hasHooks
      ? ['The revert runs the sync hooks of the previous version again: check that they are repeatable.']
      : []),
    ...(slow === null
      ? []
      : [
          reviewsNeeded(release) > 0
            ? `Syntra only opens the pull request, because ${slow}. The revert is deployed once people have merged it.`
            : `The merge may take a while, because ${slow}.`,
        ]),
    ...(canSync === false
      ? ['A sync window forbids syncs now: the revert is deployed once the window allows it.']
      : []),
    ...(app?.automated === null
      ? [`${app.name} is synced manually, so that the merge alone deploys nothing.`]
      : []),
  ]
}

function deliveryWarnings({ app, sha }: Release): string[] {
  return [
    ...(app?.hasHooks ? ['A rollback does not run sync hooks.'] : []),
    ...(app?.automated
      ? [`Auto-sync of ${app.name} stays off until the revert is merged; Syntra then restores it.`]
      : []),
    sha === null
      ? 'Git still contains the release, and Syntra could not identify a single commit: revert it on Git, or the next sync deploys it again.'
      : 'Merge the pull request with the revert, or the next sync deploys the release again.',
  ]
}

function isImageUpdated({ workload }: Release): boolean {
  return Object.keys(workload?.annotations ?? {}).some(key => key.startsWith('argocd-image-updater.'))
}
