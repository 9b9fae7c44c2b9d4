import type { Client, Pool } from '@goalixa/chassis/postgres'

/** The lanes of the queue, each with workers of its own, so that no action waits behind an investigation. */
export const LANES = ['actions', 'investigations'] as const
export type Lane = (typeof LANES)[number]

const LANE = `CASE WHEN EXISTS (SELECT FROM actions a WHERE a.investigation_id = i.id AND a.state <> 'awaiting-approval')
  THEN 'actions' ELSE 'investigations' END`

/** Puts investigations into the outbox, from which they are queued in their lane. */
export async function enqueue(client: Client | Pool, investigationIds: string[], why: string): Promise<void> {
  if (investigationIds.length === 0) return
  await client.query(
    `INSERT INTO outbox (investigation_id, why, lane) SELECT id, $2, ${LANE} FROM unnest($1::uuid[]) AS i(id)`,
    [investigationIds, why],
  )
}

/** The lane of an investigation: that of the actions from the moment its action is decided, by a person or by policy. */
export async function findLane(pool: Pool, investigationId: string): Promise<Lane> {
  const { rows } = await pool.query<{ lane: Lane }>(
    `SELECT ${LANE} AS lane FROM unnest($1::uuid[]) AS i(id)`,
    [[investigationId]],
  )
  return rows[0]?.lane ?? 'investigations'
}
