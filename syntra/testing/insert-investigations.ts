import type { Pool } from '@goalixa/chassis/postgres'

type Given = { namespace?: string; severity?: string; requestedBy?: string }

/** Inserts queued investigations, each with an incident of its own, and returns their ids in the order of their creation. */
export async function insertInvestigations(
  pool: Pool,
  count: number,
  { namespace = 'shop', severity = 'critical', requestedBy }: Given = {},
): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `WITH numbers AS (
       SELECT gen_random_uuid() AS id, gen_random_uuid() AS incident_id, number FROM generate_series(1, $1::int) AS number
     ), incident AS (
       INSERT INTO incidents (id, state, title, severity, namespace, opened_at, active_at)
       SELECT incident_id, 'open', 'core is slow', $3, $2, now(), now() FROM numbers
     )
     INSERT INTO investigations (id, incident_id, state, reason, requested_by, request, created_at)
     SELECT id, incident_id, 'queued', 'alert', coalesce($4, 'syntra'),
            CASE WHEN $4::text IS NOT NULL THEN jsonb_build_object('namespace', $2::text) END,
            clock_timestamp() + number * interval '1 microsecond'
     FROM numbers RETURNING id`,
    [count, namespace, severity, requestedBy ?? null],
  )
  return rows.map(({ id }) => id)
}
