import { AsyncLocalStorage } from 'node:async_hooks'
import { ExpectedError } from '@goalixa/chassis/errors'
import type { Stopwatch } from '../clock/stopwatch.ts'

/** A lease that this process believes it holds. */
export type Lease = {
  name: string
  holder: string
  lost: AbortController
  sinceCheck: Stopwatch
  onLost: () => void
}

// The leases under which the current code runs, outermost first. Implicit, so that no code in between can forget to pass them on.
const context = new AsyncLocalStorage<readonly Lease[]>()

/** The leases under which the calling code runs. */
export function heldLeases(): readonly Lease[] {
  return context.getStore() ?? []
}

/** Runs `work` under one more lease. */
export function runUnderLease<T>(lease: Lease, work: () => Promise<T>): Promise<T> {
  return context.run([...heldLeases(), lease], work)
}

/**
 * Records that leases are lost, and returns the error for the code that ran under them. The signals abort first, so that whoever catches the
 * error sees an interruption and not a failure of its own.
 */
export function loseLeases(leases: readonly Lease[]): ExpectedError {
  const names = leases.map(({ name }) => name).join(' and ')
  const error = new ExpectedError(
    'unavailable',
    'LEASE_LOST',
    `This worker no longer holds the lease on ${names}; another worker may continue.`,
  )
  for (const { lost, onLost } of leases) {
    if (lost.signal.aborted) continue
    onLost()
    lost.abort(error)
  }
  return error
}

/** Whether an error means that the leases of the calling code have been lost. */
export function isLeaseLost(error: unknown): boolean {
  return error instanceof ExpectedError && error.code === 'LEASE_LOST'
}

/** Selects those of the given leases that are still valid; its parameters are `leaseParameters`. */
export const SELECT_VALID_LEASES = `
  SELECT leases.name, leases.holder FROM leases JOIN unnest($1::text[], $2::bigint[]) AS own(name, holder)
    ON own.name = leases.name AND own.holder = leases.holder
  WHERE leases.expires_at > clock_timestamp() ORDER BY leases.name`

export function leaseParameters(leases: readonly Lease[]): [string[], string[]] {
  return [leases.map(({ name }) => name), leases.map(({ holder }) => holder)]
}
