import { AsyncLocalStorage } from 'node:async_hooks'
import { ExpectedError } from '@goalixa/chassis/errors'
import { type Client, inTransaction, type Pool, rethrowUnavailable } from '@goalixa/chassis/postgres'
import { createStopwatch, type Stopwatch } from '../clock/stopwatch.ts'

/** A lease that this process believes it holds. */
type Lease = { name: string; holder: string; lost: AbortController; sinceProof: Stopwatch }

/** Someone else holds the lease. */
export const busy = Symbol('busy')

// The leases under which the current code runs, outermost first. Implicit, so that no code in between can forget to pass them on.
const context = new AsyncLocalStorage<readonly Lease[]>()

/**
 * Leases in PostgreSQL: at most one process at a time works under a name. A lease lasts `seconds` by the database's clock and is renewed
 * while the work continues. A lease that can no longer be renewed is lost, and another process may take it at any moment; whatever the
 * former holder still does must therefore be conditional: see `prove` and `inFencedTransaction`.
 */
export function createLeases({ pool, seconds }: { pool: Pool; seconds: number }) {
  const held = new Set<Lease>()
  let timer: NodeJS.Timeout | undefined
  let sinceRenewal = createStopwatch()

  return {
    /**
     * Runs `work` under a lease, or resolves with `busy` if another process holds it. The signal aborts when the lease is lost.
     * Rejects with `unavailable` DATABASE_UNAVAILABLE.
     */
    async withLease<T>(name: string, work: (lost: AbortSignal) => Promise<T>): Promise<T | typeof busy> {
      const sinceProof = createStopwatch()
      const holder = await acquire(name).catch(rethrowUnavailable)
      if (holder === undefined) return busy
      const lease = { name, holder, lost: new AbortController(), sinceProof }
      if (held.size === 0) startRenewing()
      held.add(lease)
      try {
        return await context.run([...(context.getStore() ?? []), lease], () => work(lease.lost.signal))
      } finally {
        held.delete(lease)
        if (held.size === 0) clearTimeout(timer)
        // If this fails, the lease expires.
        await pool
          .query('DELETE FROM leases WHERE name = $1 AND holder = $2', [name, holder])
          .catch(() => undefined)
      }
    },

    /**
     * Checks with the database that the calling code still holds all its leases, and renews them. Await it immediately before
     * each request that changes something elsewhere. Rejects with `unavailable` LEASE_LOST or DATABASE_UNAVAILABLE.
     */
    async prove(): Promise<void> {
      const leases = context.getStore() ?? []
      if (leases.length === 0) return
      const sinceQuestion = createStopwatch()
      const holders = await renew(leases, '').catch(rethrowUnavailable)
      const gone = leases.filter(({ holder }) => !holders.has(holder))
      if (gone.length > 0) throw lose(gone)
      for (const lease of leases) lease.sinceProof = sinceQuestion
    },

    /**
     * Confirms without a query that the last proof is still fresh: that this process was not suspended since for so long that
     * another one may have taken over. Call it as the request is sent. Throws `unavailable` LEASE_LOST.
     */
    confirm(): void {
      const stale = (context.getStore() ?? []).filter(
        ({ sinceProof }) => sinceProof.elapsedMs() > (seconds * 1000) / 2,
      )
      if (stale.length > 0) throw lose(stale)
    },
  }

  async function acquire(name: string): Promise<string | undefined> {
    const { rows } = await pool.query<{ holder: string }>(
      `INSERT INTO leases (name, holder, expires_at)
       VALUES ($1, nextval('lease_holders'), clock_timestamp() + $2 * interval '1 second')
       ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
         WHERE leases.expires_at <= clock_timestamp()
       RETURNING holder::text`,
      [name, seconds],
    )
    return rows[0]?.holder
  }

  /**
   * Renews leases and resolves with the holders of those that are still held. In the order of names, as in `fence`, so that the two
   * cannot deadlock. `SKIP LOCKED` leaves out those that a fenced transaction of ours has locked, which nobody else can take
   * meanwhile: no slow transaction delays the renewal of other leases.
   */
  async function renew(leases: readonly Lease[], onLocked: '' | 'SKIP LOCKED'): Promise<Set<string>> {
    const { rows } = await pool.query<{ holder: string }>(
      `WITH own AS (${OWN_LEASES} FOR UPDATE OF leases ${onLocked}), renewed AS (
         UPDATE leases SET expires_at = clock_timestamp() + $3 * interval '1 second'
         FROM own WHERE leases.name = own.name AND leases.holder = own.holder RETURNING leases.holder
       ), valid AS (${OWN_LEASES})
       SELECT holder::text FROM renewed
       UNION SELECT holder::text FROM valid WHERE $4`,
      [...parametersOf(leases), seconds, onLocked === 'SKIP LOCKED'],
    )
    return new Set(rows.map(({ holder }) => holder))
  }

  function startRenewing() {
    sinceRenewal = createStopwatch()
    clearTimeout(timer)
    timer = setTimeout(renewAll, (seconds * 1000) / 3)
  }

  async function renewAll() {
    const leases = [...held]
    // Before the query, so that whatever was about to be sent is aborted first.
    if (sinceRenewal.elapsedMs() > seconds * 1000) lose(leases)
    const sinceQuestion = createStopwatch()
    try {
      const holders = await renew(leases, 'SKIP LOCKED')
      sinceRenewal = sinceQuestion
      lose(leases.filter(lease => held.has(lease) && !holders.has(lease.holder)))
    } catch {
      if (sinceRenewal.elapsedMs() > seconds * 1000) lose(leases)
    }
    if (held.size > 0) timer = setTimeout(renewAll, (seconds * 1000) / 3)
  }
}
export type Leases = ReturnType<typeof createLeases>

/**
 * Runs `work` in a transaction that commits only if the calling code still holds all its leases at that time: a process that wants to take
 * one over must wait for the commit. Rejects with `unavailable` LEASE_LOST. Without a lease it is a plain transaction.
 */
export function inFencedTransaction<T>(pool: Pool, work: (client: Client) => Promise<T>): Promise<T> {
  return inTransaction(pool, async client => {
    await fence(client)
    return work(client)
  })
}

/** Fences a transaction that has just begun. */
export async function fence(client: Pick<Client, 'query'>): Promise<void> {
  const leases = context.getStore() ?? []
  if (leases.length === 0) return
  const { rows } = await client.query<{ holder: string }>(
    `${OWN_LEASES} FOR SHARE OF leases`,
    parametersOf(leases),
  )
  const gone = leases.filter(({ holder }) => !rows.some(row => row.holder === holder))
  if (gone.length > 0) throw lose(gone)
}

const OWN_LEASES = `
  SELECT leases.name, leases.holder FROM leases JOIN unnest($1::text[], $2::bigint[]) AS own(name, holder)
    ON own.name = leases.name AND own.holder = leases.holder
  WHERE leases.expires_at > clock_timestamp() ORDER BY leases.name`

function parametersOf(leases: readonly Lease[]): [string[], string[]] {
  return [leases.map(({ name }) => name), leases.map(({ holder }) => holder)]
}

/** Whether an error means that the leases of the calling code have been lost. */
export function isLeaseLost(error: unknown): boolean {
  return error instanceof ExpectedError && error.code === 'LEASE_LOST'
}

// The signals abort first, so that whoever catches the error sees an interruption and not a failure of its own.
function lose(leases: readonly Lease[]): ExpectedError {
  const names = leases.map(({ name }) => name).join(' and ')
  const error = new ExpectedError(
    'unavailable',
    'LEASE_LOST',
    `This worker no longer holds the lease on ${names}; another worker may continue.`,
  )
  for (const { lost } of leases) lost.abort(error)
  return error
}
