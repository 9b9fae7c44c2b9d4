import { randomUUID } from 'node:crypto'
import type { Pool } from '@goalixa/chassis/postgres'

/** The state digest of the inserted action. */
export const DIGEST = 'a'.repeat(64)

type Wanted = { state?: string; requestedBy?: string; expiresInSeconds?: number }

/** Inserts an action into Syntra's ledger, as an investigation would have; resolves with its id. */
export async function insertAction(pool: Pool, wanted: Wanted): Promise<string> {
  const { state = 'awaiting-approval', requestedBy = 'syntra', expiresInSeconds = 600 } = wanted
  const [incident, investigation, action] = [randomUUID(), randomUUID(), randomUUID()]
  await pool.query(
    `INSERT INTO incidents (id, state, title, severity, opened_at, active_at)
     VALUES ($1, 'closed', 'made by a test', 'none', now(), now())`,
    [incident],
  )
  await pool.query(
    `INSERT INTO investigations (id, incident_id, state, requested_by, reason) VALUES ($1, $2, 'done', $3, 'test')`,
    [investigation, incident, requestedBy],
  )
  await pool.query(
    `INSERT INTO actions (id, investigation_id, incident_id, state, proposal, kind, risk, tier, environment, target,
       state_digest, requested_by, approvals_needed, expires_at)
     VALUES ($1, $2, $3, $4, $5, 'rollback', 'R3', 'A', 'production', 'shop/Deployment/core', $6, $7, 1, now() + $8 * interval '1 second')`,
    [action, investigation, incident, state, JSON.stringify(PROPOSAL), DIGEST, requestedBy, expiresInSeconds],
  )
  return action
}

const PREDICATE = {
  kind: 'scrape-targets-up',
  message: 'all is well',
  tool: 'prometheus_query',
  args: {},
  path: 'samples.count',
  op: '==',
  value: 0,
}
const STEP = { tool: 'kubernetes_undo_rollout', args: {}, message: 'go back' }
const PROPOSAL = {
  kind: 'rollback',
  method: 'rollout-undo',
  target: { kind: 'Deployment', namespace: 'shop', name: 'core', app: null, repo: null, service: 'core' },
  risk: 'R3',
  message: 'Roll core back.',
  why: 'The new release fails.',
  rejected: [],
  preconditions: [
    { kind: 'object-unchanged', tool: 'kubernetes_get_object', args: {}, path: 'object', value: null },
  ],
  steps: [STEP],
  undo: { steps: [STEP] },
  verification: { recovered: [PREDICATE], worse: [], forSeconds: 1, withinSeconds: 2 },
  evidence: ['E1'],
  warnings: [],
}
