import { type Pool, rethrowUnavailable } from '@goalixa/chassis/postgres'
import { createStopwatch } from '../clock/stopwatch.ts'
import { createLeaseAssertions } from './create-lease-assertions.ts'
import { type Lease, loseLeases, runUnderLease } from './held-leases.ts'
import { renewLeases } from './renew-leases.ts'

type Options = {
  pool: Pool
  seconds: number
  /** Called for each lease that is lost while work continues under it. */
  onLost?: () => void
}

/** Someone else holds the lease. */
export const busy = Symbol('busy')

/**
 * Leases in PostgreSQL: at most one process at a time works under a name. A lease lasts `seconds` by the database's clock and is renewed
 * while the work continues. A lease that can no longer be renewed is lost, and another process may take it at any moment; whatever the
 * former holder still does must therefore be conditional: see `assertLease` and `inFencedTransaction`.
 */
export function createLeases({ pool, seconds, onLost = () => {} }: Options) {
  const held = new Set<Lease>()
  let timer: NodeJS.Timeout | undefined
  let sinceRenewal = createStopwatch()

  return {
    ...createLeaseAssertions({ pool, seconds }),

    /**
     * Runs `work` under a lease, or resolves with `busy` if another process holds it. The signal aborts when the lease is lost.
     * Rejects with `unavailable` DATABASE_UNAVAILABLE.
     */
    async withLease<T>(name: string, work: (lost: AbortSignal) => Promise<T>): Promise<T | typeof busy> {
      const sinceCheck = createStopwatch()
      const holder = await acquire(name).catch(rethrowUnavailable)
      if (holder === undefined) return busy
      const lease: Lease = { name, holder, lost: new AbortController(), sinceCheck, onLost }
      if (held.size === 0) startRenewing()
      held.add(lease)
      try {
        return await runUnderLease(lease, () => work(lease.lost.signal))
      } finally {
        held.delete(lease)
        if (held.size === 0) clearTimeout(timer)
        // If this fails, the lease expires.
        await pool
          .query('DELETE FROM leases WHERE name = $1 AND holder = $2', [name, holder])
          .catch(() => undefined)
      }
    },
  }

  // Sets the key, although to the same name: a lock on the key waits for the fenced transactions of the previous holder.
  async function acquire(name: string): Promise<string | undefined> {
    const { rows } = await pool.query<{ holder: string }>(
      `INSERT INTO leases (name, holder, expires_at)
       VALUES ($1, nextval('lease_holders'), clock_timestamp() + $2 * interval '1 second')
       ON CONFLICT (name) DO UPDATE SET name = excluded.name, holder = excluded.holder, expires_at = excluded.expires_at
         WHERE leases.expires_at <= clock_timestamp()
       RETURNING holder::text`,
      [name, seconds],
    )
    return rows[0]?.holder
  }

  function startRenewing() {
    sinceRenewal = createStopwatch()
    clearTimeout(timer)
    timer = setTimeout(renewAll, (seconds * 1000) / 3)
  }

  async function renewAll() {
    const leases = [...held]
    // Before the query, so that whatever was about to be sent is aborted first.
    if (sinceRenewal.elapsedMs() > seconds * 1000) loseLeases(leases)
    const sinceQuestion = createStopwatch()
    try {
      const holders = await renewLeases(pool, seconds, leases, 'SKIP LOCKED')
      sinceRenewal = sinceQuestion
      loseLeases(leases.filter(lease => held.has(lease) && !holders.has(lease.holder)))
    } catch {
      if (sinceRenewal.elapsedMs() > seconds * 1000) loseLeases(leases)
    }
    if (held.size > 0) timer = setTimeout(renewAll, (seconds * 1000) / 3)
  }
}
export type Leases = ReturnType<typeof createLeases>
