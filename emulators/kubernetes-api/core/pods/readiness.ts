import { conditionOf } from '../../meta/conditions.ts'
import type { Pod } from './pod.ts'

/** Returns whether the pod is ready. */
export function isPodReady({ status }: Pod): boolean {
  return conditionOf(status.conditions, 'Ready')?.status === 'True'
}

/** Returns whether the pod is active: neither finished nor being deleted. */
export function isPodActive({ status, metadata }: Pod): boolean {
  return status.phase !== 'Succeeded' && status.phase !== 'Failed' && !metadata.deletionTimestamp
}

/**
 * Returns the milliseconds until the pod has been ready for minReadySeconds: 0 means available, `undefined` not ready.
 */
export function msUntilAvailable(pod: Pod, minReadySeconds: number, now: Date): number | undefined {
  const ready = conditionOf(pod.status.conditions, 'Ready')
  if (ready?.status !== 'True') return undefined
  if (minReadySeconds === 0) return 0
  const since = Date.parse(ready.lastTransitionTime ?? '') || now.getTime()
  return Math.max(0, since + minReadySeconds * 1000 - now.getTime())
}
