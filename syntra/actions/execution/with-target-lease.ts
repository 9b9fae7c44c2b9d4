import { ExpectedError } from '@goalixa/chassis/errors'
import { busy, type Leases } from '../../storage/leases.ts'

/** Runs `work` under the lease of a target. Throws `unavailable` TARGET_BUSY while another action holds it. */
export async function withTargetLease<T>(
  leases: Leases,
  target: string,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const result = await leases.withLease(`target:${target}`, lost => work(AbortSignal.any([signal, lost])))
  if (result === busy)
    throw new ExpectedError(
      'unavailable',
      'TARGET_BUSY',
      `${target} is in use by another action in progress.`,
    )
  return result
}
