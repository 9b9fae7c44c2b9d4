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
  if (result === busy) throw targetBusy(target)
  return result
}

/** What is thrown, and retried, for as long as another action is in progress on a target. */
export function targetBusy(target: string): ExpectedError {
  return new ExpectedError('unavailable', 'TARGET_BUSY', `${target} is in use by another action in progress.`)
}
