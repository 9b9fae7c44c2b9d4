import { setTimeout as sleep } from 'node:timers/promises'
import type { KubeObject } from '../cluster/kube-object.ts'
import { assessHealth } from '../health/assess-health.ts'
import { worstHealth } from '../health/worst-health.ts'
import { OperationFailure } from './operation-failure.ts'
import type { SyncRun } from './sync-run.ts'

const POLL_MS = 500

/**
 * Resolves when all objects are healthy. Throws OperationFailure if one is degraded. The signal is the only deadline.
 */
export async function waitUntilHealthy(
  { cluster, signal }: Pick<SyncRun, 'cluster' | 'signal'>,
  objects: KubeObject[],
) {
  for (;;) {
    const live = await Promise.all(objects.map(object => cluster.read(object)))
    const states = live.map(object => (object ? (assessHealth(object)?.status ?? 'Healthy') : 'Progressing'))
    const worst = worstHealth(states)
    if (worst === 'Healthy' || worst === 'Suspended') return
    if (worst === 'Degraded')
      throw new OperationFailure('Failed', 'one or more synchronization tasks completed unsuccessfully')
    await sleep(POLL_MS, undefined, { signal })
  }
}
