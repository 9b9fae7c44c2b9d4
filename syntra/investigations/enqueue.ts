import type { Client, Pool } from '@goalixa/chassis/postgres'

/** Which part of a thread is next: the investigation up to a decision, or the decided action. */
export type Stage = 'actions' | 'investigations'

const STAGE = `CASE WHEN EXISTS (SELECT FROM actions a WHERE a.investigation_id = i.id AND a.state <> 'awaiting-approval')
  THEN 'actions' ELSE 'investigations' END`

/** Puts investigations into the outbox, from which they are queued. */
export async function enqueue(client: Client | Pool, investigationIds: string[], why: string): Promise<void> {
  if (investigationIds.length === 0) return
  await client.query(
    `INSERT INTO outbox (investigation_id, why, lane) SELECT id, $2, ${STAGE} FROM unnest($1::uuid[]) AS i(id)`,
    [investigationIds, why],
  )
}

/** The stage of an investigation: `actions` from the moment its action is decided, by a person or by policy. */
export async function findStage(pool: Pool, investigationId: string): Promise<Stage> {
  const { rows } = await pool.query<{ stage: Stage }>(
    `SELECT ${STAGE} AS stage FROM unnest($1::uuid[]) AS i(id)`,
    [[investigationId]],
  )
  return rows[0]?.stage ?? 'investigations'
}
