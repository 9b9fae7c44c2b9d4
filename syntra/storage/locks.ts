import type { Pool } from '@goalixa/chassis/postgres'
import { rethrowUnavailable } from '@goalixa/chassis/postgres'

/**
 * Runs `work` while holding a session lock of PostgreSQL, or resolves with `busy` if another process holds it. The signal
 * aborts when the connection dies, because the lock is then lost and another process may take it.
 */
export async function withLock<T>(
  pool: Pool,
  name: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | typeof busy> {
  const client = await pool.connect().catch(rethrowUnavailable)
  const lost = new AbortController()
  const onLoss = () => lost.abort(new Error('the connection that holds the lock is gone'))
  client.once('error', onLoss)
  client.once('end', onLoss)
  let isBroken = false
  try {
    const { rows } = await client
      .query<{ locked: boolean }>('SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS locked', [name])
      .catch(rethrowUnavailable)
    if (!rows[0]?.locked) return busy
    try {
      return await work(lost.signal)
    } finally {
      await client.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', [name]).catch(() => {
        isBroken = true
      })
    }
  } finally {
    client.off('error', onLoss)
    client.off('end', onLoss)
    client.release(isBroken)
  }
}

/** Someone else holds the lock. */
export const busy = Symbol('busy')
