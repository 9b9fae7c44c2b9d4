import type { ActionState } from '@goalixa/agents/devops/action-state'
import type { Proposal } from '@goalixa/agents/devops/proposal'
import type { Pool } from '@goalixa/chassis/postgres'
import { v7 as uuid } from 'uuid'
import { createLedger } from '../actions/ledger.ts'

type NewAction = { state: ActionState; proposal: Proposal; target: string; at: Date }

/** Inserts an action in a state, with an incident and an investigation, and returns its id. */
export async function enterAction(pool: Pool, { state, proposal, target, at }: NewAction): Promise<string> {
  const [id, incidentId, investigationId] = [uuid(), uuid(), uuid()]
  await pool.query(
    `INSERT INTO incidents (id, state, title, severity, opened_at, active_at)
     VALUES ($1, 'open', 'core is slow', 'critical', now(), now())`,
    [incidentId],
  )
  await pool.query(
    `INSERT INTO investigations (id, incident_id, state, reason, requested_by)
     VALUES ($1, $2, 'done', 'alert', 'alertmanager')`,
    [investigationId, incidentId],
  )
  await createLedger(pool, () => at).enter({
    id,
    incidentId,
    investigationId,
    state,
    proposal,
    kind: proposal.kind,
    risk: proposal.risk,
    tier: 'A',
    environment: 'production',
    target,
    stateDigest: '',
    requestedBy: 'alertmanager',
    approvalsNeeded: 1,
    expiresAt: at,
    refusal: null,
    message: '',
  })
  await pool.query('UPDATE actions SET finished_at = $2, executed_at = $2 WHERE id = $1', [id, at])
  return id
}
