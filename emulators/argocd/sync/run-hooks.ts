import { setTimeout as sleep } from 'node:timers/promises'
import type { KubeObject } from '../cluster/kube-object.ts'
import { hooksOf } from '../compare/annotations.ts'
import { OperationFailure } from './operation-failure.ts'
import { sortForSync } from './sort-for-sync.ts'
import type { SyncRun } from './sync-run.ts'
import { toResourceResult } from './to-resource-result.ts'
import { waitUntilHealthy } from './wait-until-healthy.ts'

const DELETE_POLICY = 'argocd.argoproj.io/hook-delete-policy'

/** Runs the hooks of a phase in order, each to completion. Throws OperationFailure if one fails. */
export async function runHooks(run: SyncRun, phase: 'PreSync' | 'PostSync'): Promise<void> {
  const hooks = sortForSync(run.targets.hooks.filter(hook => hooksOf(hook).includes(phase)))
  for (const hook of hooks) {
    try {
      await replaceHook(run, hook)
      await waitUntilHealthy(run, [hook])
    } catch (error) {
      run.signal.throwIfAborted()
      const message = error instanceof Error ? error.message : String(error)
      run.report(toResourceResult(hook, { hookType: phase, hookPhase: 'Failed', syncPhase: phase, message }))
      throw new OperationFailure('Failed', 'one or more synchronization tasks completed unsuccessfully')
    }
    run.report(toResourceResult(hook, { hookType: phase, hookPhase: 'Succeeded', syncPhase: phase }))
    if (hook.metadata.annotations?.[DELETE_POLICY]?.includes('HookSucceeded')) await run.cluster.remove(hook)
  }
}

// Deleting the previous hook is the default policy: a Job cannot be run twice.
async function replaceHook({ cluster, signal }: SyncRun, hook: KubeObject): Promise<void> {
  if (await cluster.read(hook)) {
    await cluster.remove(hook)
    while (await cluster.read(hook)) await sleep(200, undefined, { signal })
  }
  await cluster.create(hook, false)
}
