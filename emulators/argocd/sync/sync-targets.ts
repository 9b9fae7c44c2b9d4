import { ExpectedError } from '@goalixa/chassis/errors'
import type { IgnoredDifference, Operation } from '../applications/application.ts'
import { type KubeObject, keyOf } from '../cluster/kube-object.ts'
import { hasSyncOption } from '../compare/annotations.ts'
import { managedObjects } from '../controller/managed-objects.ts'
import { applyObject } from './apply-object.ts'
import { OperationFailure } from './operation-failure.ts'
import { pruneObjects } from './prune-objects.ts'
import { runHooks } from './run-hooks.ts'
import { groupByWave } from './sort-for-sync.ts'
import type { SyncRun } from './sync-run.ts'
import { toResourceResult } from './to-resource-result.ts'
import { waitUntilHealthy } from './wait-until-healthy.ts'

/**
 * Applies the targets to the cluster: hooks, dry run, waves in order, prune. Throws OperationFailure with the reason.
 */
export async function syncTargets(run: SyncRun): Promise<void> {
  const { operation, targets, signal } = run
  const objects = targets.objects.filter(object => isSelected(object, operation))
  const hasHooks = operation.sync.syncStrategy?.apply === undefined && !operation.sync.resources?.length
  await createNamespace(run)
  await tryAll(run, objects)
  if (operation.sync.dryRun) return
  if (hasHooks) await runHooks(run, 'PreSync')
  const waves = groupByWave(objects)
  for (const wave of waves) {
    await applyAll(run, wave)
    // A single wave is complete once it is applied; with several, each one waits until the previous one is healthy.
    if (waves.length > 1) await waitUntilHealthy(run, wave)
    signal.throwIfAborted()
  }
  await pruneObjects(run, extrasOf(run))
  if (hasHooks) await runHooks(run, 'PostSync')
}

function isSelected(object: KubeObject, { sync }: Operation): boolean {
  if (!sync.resources?.length) return true
  const key = keyOf(object)
  return sync.resources.some(
    ({ group = '', kind, name, namespace }) =>
      group === key.group &&
      kind === key.kind &&
      name === key.name &&
      (!namespace || namespace === key.namespace),
  )
}

async function createNamespace({ cluster, application, operation }: SyncRun): Promise<void> {
  const { namespace } = application.spec.destination
  const options = operation.sync.syncOptions ?? application.spec.syncPolicy?.syncOptions ?? []
  if (!namespace || !options.includes('CreateNamespace=true') || operation.sync.dryRun) return
  const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }
  if (!(await cluster.read(object))) await cluster.create(object, false)
}

// Nothing is applied until the API server accepts everything in a dry run, except into a namespace that the sync
// creates.
async function tryAll(run: SyncRun, objects: KubeObject[]): Promise<void> {
  const coming = new Set(
    objects.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name),
  )
  const testable = objects.filter(({ metadata }) => !coming.has(metadata.namespace ?? ''))
  const failures: string[] = []
  for (const object of testable) {
    await applyObject(run.cluster, object, {
      isDryRun: true,
      ignored: ignoredOf(run),
      signal: run.signal,
    }).catch(error => {
      const message = reasonOf(error)
      failures.push(message)
      run.report(toResourceResult(object, { status: 'SyncFailed', message }))
    })
  }
  if (failures.length > 0)
    throw new OperationFailure(
      'Failed',
      `one or more objects failed to apply (dry run), reason: ${failures.join(', ')}`,
    )
}

async function applyAll(run: SyncRun, objects: KubeObject[]): Promise<void> {
  const failures: string[] = []
  for (const object of objects) {
    run.signal.throwIfAborted()
    try {
      const message = await applyObject(run.cluster, object, {
        isDryRun: false,
        ignored: ignoredOf(run),
        signal: run.signal,
      })
      run.report(toResourceResult(object, { status: 'Synced', message, hookPhase: 'Running' }))
    } catch (error) {
      failures.push(reasonOf(error))
      run.report(
        toResourceResult(object, { status: 'SyncFailed', message: reasonOf(error), hookPhase: 'Failed' }),
      )
    }
  }
  if (failures.length > 0)
    throw new OperationFailure(
      'Failed',
      `one or more objects failed to apply, reason: ${failures.join(', ')}`,
    )
}

function extrasOf({ cluster, application, operation, targets }: SyncRun): KubeObject[] {
  const wanted = new Set(targets.objects.map(object => JSON.stringify(keyOf(object))))
  return managedObjects(cluster, application, targets.objects).filter(
    object =>
      !wanted.has(JSON.stringify(keyOf(object))) &&
      !object.metadata.ownerReferences?.length &&
      !hasSyncOption(object, 'Prune=false') &&
      isSelected(object, operation),
  )
}

// A sync respects ignored differences only if the application requests it.
function ignoredOf({ application }: SyncRun): IgnoredDifference[] {
  const options = application.spec.syncPolicy?.syncOptions ?? []
  return options.includes('RespectIgnoreDifferences=true') ? (application.spec.ignoreDifferences ?? []) : []
}

function reasonOf(error: unknown): string {
  if (error instanceof ExpectedError || error instanceof Error) return error.message
  return String(error)
}
