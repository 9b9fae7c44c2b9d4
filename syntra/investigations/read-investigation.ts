import { ExpectedError } from '@goalixa/chassis/errors'
import type { Pool } from '@goalixa/chassis/postgres'
import { InvestigationView } from './investigations.schema.ts'

/** An investigation as people see it. Throws `missing` NO_SUCH_INVESTIGATION. */
export async function readInvestigation(pool: Pool, id: string): Promise<InvestigationView> {
  const { rows } = await pool.query(
    `SELECT i.*, a.id AS action_id,
       (SELECT json_build_object('planned', count(*), 'answered', count(head),
          'couldNotRead', count(*) FILTER (WHERE head->>'outcome' = 'unread'),
          'notConfigured', count(*) FILTER (WHERE head->'reason'->>'code' = 'NOT_CONFIGURED'))
        FROM evidence WHERE investigation_id = i.id) AS reads
     FROM investigations i LEFT JOIN actions a ON a.investigation_id = i.id WHERE i.id = $1`,
    [id],
  )
  const row = rows[0]
  if (!row) throw new ExpectedError('missing', 'NO_SUCH_INVESTIGATION', `There is no investigation ${id}.`)
  return InvestigationView.parse({
    id: row.id,
    incidentId: row.incident_id,
    state: row.state,
    reason: row.reason,
    requestedBy: row.requested_by,
    outcome: row.outcome,
    failure: row.failure,
    scope: row.scope,
    verdict: row.verdict,
    verdictDigest: row.verdict_digest,
    actionId: row.action_id,
    supersedes: row.supersedes,
    createdAt: row.created_at.toISOString(),
    startedAt: row.started_at?.toISOString() ?? null,
    verdictAt: row.verdict_at?.toISOString() ?? null,
    finishedAt: row.finished_at?.toISOString() ?? null,
    reads: row.reads,
    evidenceRemovedAt: row.evidence_removed_at?.toISOString() ?? null,
  })
}
