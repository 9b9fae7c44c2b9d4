import { parseStoredProposal } from '@goalixa/agents/legacy/parse-stored-proposal'
import { ExpectedError } from '@goalixa/chassis/errors'
import type { Pool } from '@goalixa/chassis/postgres'
import type { ActionView } from './actions.schema.ts'
import { parseVerification } from './verification/parse-verification.ts'

/** An action as people see it, with its decisions, transitions and steps. Throws `missing` NO_SUCH_ACTION. */
export async function readAction(pool: Pool, id: string): Promise<ActionView> {
  const { rows } = await pool.query(
    `SELECT a.*,
       (SELECT coalesce(json_agg(json_build_object('operator', d.operator, 'decision', d.decision,
          'reason', d.reason, 'at', d.at) ORDER BY d.at), '[]') FROM decisions d WHERE d.action_id = a.id) AS decisions,
       (SELECT json_agg(json_build_object('from', t.from_state, 'to', t.to_state, 'by', t.by_whom,
          'message', t.message, 'at', t.at) ORDER BY t.id) FROM action_transitions t WHERE t.action_id = a.id) AS transitions,
       (SELECT coalesce(json_agg(json_build_object('phase', s.phase, 'number', s.number, 'tool', s.tool,
          'state', s.state, 'attempts', s.attempts) ORDER BY s.phase, s.number), '[]')
        FROM action_steps s WHERE s.action_id = a.id) AS steps
     FROM actions a WHERE a.id = $1`,
    [id],
  )
  const row = rows[0]
  if (!row) throw new ExpectedError('missing', 'NO_SUCH_ACTION', `There is no action ${id}.`)
  const proposal = parseStoredProposal(row.proposal)
  return {
    id: row.id,
    investigationId: row.investigation_id,
    incidentId: row.incident_id,
    state: row.state,
    proposal,
    tier: row.tier,
    environment: row.environment,
    target: row.target,
    stateDigest: row.state_digest,
    requestedBy: row.requested_by,
    approvalsNeeded: row.approvals_needed,
    decisions: row.decisions.map(withTime),
    refusal: row.refusal,
    outcome: row.outcome,
    verification: parseVerification(row.verification, proposal.verification),
    pendingRevert: row.pending_revert && {
      state: row.pending_revert.state,
      message: row.pending_revert.message,
    },
    transitions: row.transitions.map(withTime),
    steps: row.steps,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    decidedAt: row.decided_at?.toISOString() ?? null,
    executedAt: row.executed_at?.toISOString() ?? null,
    finishedAt: row.finished_at?.toISOString() ?? null,
  }
}

// PostgreSQL's JSON writes times with an offset.
function withTime<T extends { at: string }>(row: T): T {
  return { ...row, at: new Date(row.at).toISOString() }
}
