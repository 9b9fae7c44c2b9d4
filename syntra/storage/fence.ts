import { type Client, inTransaction, type Pool } from '@goalixa/chassis/postgres'
import { heldLeases, leaseParameters, loseLeases, SELECT_VALID_LEASES } from './held-leases.ts'

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

/** Fences a transaction that has just begun. `FOR KEY SHARE` keeps others from taking a lease over, and not its holder from renewing it. */
export async function fence(client: Pick<Client, 'query'>): Promise<void> {
  const leases = heldLeases()
  if (leases.length === 0) return
  const { rows } = await client.query<{ holder: string }>(
    `${SELECT_VALID_LEASES} FOR KEY SHARE OF leases`,
    leaseParameters(leases),
  )
  const gone = leases.filter(({ holder }) => !rows.some(row => row.holder === holder))
  if (gone.length > 0) throw loseLeases(gone)
}
