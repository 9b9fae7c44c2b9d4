import { pluralize } from '@goalixa/chassis/pluralize'
import { inTransaction, type Pool } from '@goalixa/chassis/postgres'
import { appendEntries } from '../incidents/timeline.repository.ts'

const BATCH = 10

/**
 * Removes the results of evidence of incidents that were closed `days` ago; 0 keeps all. Questions, digests, verdict,
 * report and timeline stay, and the timeline records it. A few investigations per run; returns how many.
 */
export async function removeEvidence(pool: Pool, days: number, now: Date): Promise<number> {
  if (days === 0) return 0
  return inTransaction(pool, async client => {
    const { rows } = await client.query<{ id: string; incident_id: string }>(
      `SELECT i.id, i.incident_id FROM incidents n JOIN investigations i ON i.incident_id = n.id
       WHERE n.state = 'closed' AND n.closed_at < $1 AND i.evidence_removed_at IS NULL
       ORDER BY n.closed_at LIMIT $2 FOR UPDATE OF i SKIP LOCKED`,
      [new Date(now.getTime() - days * 86_400_000), BATCH],
    )
    const ids = rows.map(({ id }) => id)
    await client.query(
      `UPDATE evidence SET answer = jsonb_set(answer, '{result}', 'null')
       WHERE investigation_id = ANY($1) AND answer->'result' <> 'null'`,
      [ids],
    )
    await client.query('UPDATE investigations SET evidence_removed_at = $2 WHERE id = ANY($1)', [ids, now])
    await appendEntries(
      client,
      rows.map(row => ({
        incidentId: row.incident_id,
        key: `${row.id}/evidence-removed`,
        kind: 'evidence-removed',
        message: `What was read is past its retention of ${pluralize(days, 'day')} and was removed. Digests, verdict and report stay.`,
        data: { investigation: row.id },
        at: now.toISOString(),
      })),
    )
    return rows.length
  })
}
