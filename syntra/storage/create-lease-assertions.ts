import { type Pool, rethrowUnavailable } from '@goalixa/chassis/postgres'
import { createStopwatch } from '../clock/stopwatch.ts'
import { heldLeases, loseLeases } from './held-leases.ts'
import { renewLeases } from './renew-leases.ts'

/** What a worker checks before a request that changes something in another system. Code that runs under no lease passes both checks. */
export function createLeaseAssertions({ pool, seconds }: { pool: Pool; seconds: number }) {
  return {
    /**
     * Checks with the database that the calling code still holds all its leases, and renews them. Await it immediately before
     * each request that changes something elsewhere. Rejects with `unavailable` LEASE_LOST or DATABASE_UNAVAILABLE.
     */
    async assertLease(): Promise<void> {
      const leases = heldLeases()
      if (leases.length === 0) return
      const sinceCheck = createStopwatch()
      const holders = await renewLeases(pool, seconds, leases, '').catch(rethrowUnavailable)
      const gone = leases.filter(({ holder }) => !holders.has(holder))
      if (gone.length > 0) throw loseLeases(gone)
      for (const lease of leases) lease.sinceCheck = sinceCheck
    },

    /**
     * Checks without a query that the last check with the database is still valid: that this process has not been suspended since for so
     * long that another one may have taken over. Call it as the request is sent. Throws `unavailable` LEASE_LOST.
     */
    assertNotSuspended(): void {
      const stale = heldLeases().filter(({ sinceCheck }) => sinceCheck.elapsedMs() > (seconds * 1000) / 2)
      if (stale.length > 0) throw loseLeases(stale)
    },
  }
}
