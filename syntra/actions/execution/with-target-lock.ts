import { ExpectedError } from '@goalixa/chassis/errors'
import type { Pool } from '@goalixa/chassis/postgres'
import { busy, withLock } from '../../storage/locks.ts'

/** Runs `work` with the lock of a target. Throws `unavailable` TARGET_BUSY while another action holds it. */
export async function withTargetLock<T>(
  lockPool: Pool,
  target: string,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const result = await withLock(lockPool, `target:${target}`, lost => work(AbortSignal.any([signal, lost])))
  if (result === busy)
    throw new ExpectedError(
      'unavailable',
      'TARGET_BUSY',
      `${target} is locked by another action in progress.`,
    )
  return result
}
