import { ExpectedError } from '@goalixa/chassis/errors'
import type { KubeObject } from '../cluster/kube-object.ts'
import { OperationFailure } from './operation-failure.ts'
import { sortForSync } from './sort-for-sync.ts'
import type { SyncRun } from './sync-run.ts'
import { toResourceResult } from './to-resource-result.ts'

/**
 * Deletes objects that are no longer in Git, in reverse kind order; if the operation may not prune, it only reports
 * them.
 */
export async function pruneObjects(
  { cluster, operation, report }: SyncRun,
  objects: KubeObject[],
): Promise<void> {
  for (const object of sortForSync(objects).reverse()) {
    if (!operation.sync.prune) {
      report(toResourceResult(object, { status: 'PruneSkipped', message: 'ignored (requires pruning)' }))
      continue
    }
    try {
      await cluster.remove(object)
      report(toResourceResult(object, { status: 'Pruned', message: 'pruned', hookPhase: 'Succeeded' }))
    } catch (error) {
      // An object that no longer exists counts as pruned.
      if (error instanceof ExpectedError && error.kind === 'missing') continue
      const message = error instanceof Error ? error.message : String(error)
      report(toResourceResult(object, { status: 'SyncFailed', message }))
      throw new OperationFailure('Failed', `one or more objects failed to prune, reason: ${message}`)
    }
  }
}
