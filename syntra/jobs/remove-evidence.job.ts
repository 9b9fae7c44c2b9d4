import type { Log } from '@goalixa/chassis/log'
import { pluralize } from '@goalixa/chassis/pluralize'
import { inTransaction, type Pool } from '@goalixa/chassis/postgres'
import { appendEntries } from '../incidents/timeline.repository.ts'
import { runForEach } from './run-for-each.ts'

const BATCH = 10

type Deps = { pool: Pool; log: Log }
type Kept = { id: string; incidentId: string }

/**
 * Removes the results of evidence of incidents that were closed `days` ago; 0 keeps all. Questions, digests, verdict,
 * report and timeline stay, and the timeline records it. A few investigations per run; returns how many.
 */
export async function removeEvidence({ pool, log }: Deps, days: number, now: Date): Promise<number> {
  if (days === 0) return 0
  const before = new Date(now.getTime() - days * 86_400_000)
  return runForEach<Kept>({
    pool,
    async read(after) {
      const { rows } = await pool.query<Kept>(
        `SELECT i.id, i.incident_id AS "incidentId" FROM incidents n JOIN investigations i ON i.incident_id = n.id
         WHERE n.state = 'closed' AND n.closed_at < $1 AND i.evidence_removed_at IS NULL
           AND ($2::uuid IS NULL OR i.id > $2)
         ORDER BY i.id LIMIT $3`,
        [before, after?.id, BATCH],
      )
      return rows
    },
    work: kept => removeFrom(pool, kept, days, now),
    log,
    fieldsOf: ({ id }) => ({ investigationId: id }),
    limit: BATCH,
  })
}

function removeFrom(pool: Pool, { id, incidentId }: Kept, days: number, now: Date): Promise<boolean> {
  return inTransaction(pool, async client => {
    const { rowCount } = await client.query(
      `SELECT FROM investigations WHERE id = $1 AND evidence_removed_at IS NULL FOR UPDATE SKIP LOCKED`,
      [id],
    )
    // Another worker has it.
    if (rowCount === 0) return false
    await client.query(
      `UPDATE evidence SET answer = jsonb_set(answer, '{result}', 'null')
       WHERE investigation_id = $1 AND answer->'result' <> 'null'`,
      [id],
    )
    await client.query('UPDATE investigations SET evidence_removed_at = $2 WHERE id = $1', [id, now])
    await appendEntries(client, [
      {
        incidentId,
        key: `${id}/evidence-removed`,
        kind: 'evidence-removed',
        message: `What was read is past its retention of ${pluralize(days, 'day')} and was removed. Digests, verdict and report stay.`,
        data: { investigation: id },
        at: now.toISOString(),
      },
    ])
    return true
  })
}
