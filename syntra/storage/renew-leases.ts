import type { Pool } from '@goalixa/chassis/postgres'
import { type Lease, leaseParameters, SELECT_VALID_LEASES } from './held-leases.ts'

/**
 * Renews leases and resolves with the holders of those that are still held. In the order of names, so that two renewals cannot
 * deadlock. No fenced transaction delays it: see `fence`. `SKIP LOCKED` leaves out those that are being renewed or taken over at this moment.
 */
export async function renewLeases(
  pool: Pool,
  seconds: number,
  leases: readonly Lease[],
  onLocked: '' | 'SKIP LOCKED',
): Promise<Set<string>> {
  const { rows } = await pool.query<{ holder: string }>(
    `WITH own AS (${SELECT_VALID_LEASES} FOR NO KEY UPDATE OF leases ${onLocked}), renewed AS (
       UPDATE leases SET expires_at = clock_timestamp() + $3 * interval '1 second'
       FROM own WHERE leases.name = own.name AND leases.holder = own.holder RETURNING leases.holder
     ), valid AS (${SELECT_VALID_LEASES})
     SELECT holder::text FROM renewed
     UNION SELECT holder::text FROM valid WHERE $4`,
    [...leaseParameters(leases), seconds, onLocked === 'SKIP LOCKED'],
  )
  return new Set(rows.map(({ holder }) => holder))
}
