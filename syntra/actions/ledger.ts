import { ActionState, FINAL_STATES } from '@goalixa/agents/devops/action-state'
import { Proposal } from '@goalixa/agents/devops/proposal'
import { parseStoredProposal } from '@goalixa/agents/legacy/parse-stored-proposal'
import type { Client, Pool } from '@goalixa/chassis/postgres'
import { ActionRisk } from '@goalixa/tools/risk-class'
import { z } from 'zod'
import { appendEntries } from '../incidents/timeline.repository.ts'
import { inFencedTransaction } from '../storage/fence.ts'
import { sanitizeForJsonb } from '../storage/sanitize-for-jsonb.ts'
import type { SyntraMetrics } from '../telemetry/metrics.ts'
import type { VerificationView } from './actions.schema.ts'
import { parseVerification } from './verification/parse-verification.ts'

const Row = z.object({
  id: z.string(),
  investigationId: z.string(),
  incidentId: z.string(),
  state: ActionState,
  kind: z.enum(Proposal.options.map(({ shape }) => shape.kind.value)),
  risk: ActionRisk,
  tier: z.string(),
  environment: z.string(),
  target: z.string(),
  stateDigest: z.string(),
  requestedBy: z.string(),
  approvalsNeeded: z.number(),
  expiresAt: z.date(),
  // Each version stores these in its own form.
  proposal: z.unknown(),
  verification: z.unknown(),
})

export type Action = Omit<z.infer<typeof Row>, 'proposal' | 'verification'> & {
  proposal: Proposal
  verification: VerificationView | null
}

export type NewAction = Omit<Action, 'verification'> & {
  refusal: { because: string[]; message: string } | null
  message: string
}

export type Move = {
  id: string
  from: ActionState[]
  to: ActionState
  by: string
  message: string
  /** Replaces the time by which a person must decide, or by which the action must start. */
  expiresAt?: Date
  data?: { reason?: string | null; drift?: string[] }
}

/** The action ledger. A state moves by compare-and-set, with its transition and its timeline entry in one transaction. */
export function createLedger(pool: Pool, now: () => Date, metrics?: Pick<SyntraMetrics, 'actionStartDelay'>) {
  return {
    /** Enters an action, or gives the one that the investigation already has. */
    enter(action: NewAction): Promise<Action> {
      return inFencedTransaction(pool, async client => {
        const { rowCount } = await client.query(
          `INSERT INTO actions (id, investigation_id, incident_id, state, proposal, kind, risk, tier, environment,
             target, state_digest, requested_by, approvals_needed, expires_at, refusal, decided_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,
             CASE WHEN $4 IN ('approved', 'refused') THEN now() END)
           ON CONFLICT (investigation_id) DO NOTHING`,
          [
            action.id,
            action.investigationId,
            action.incidentId,
            action.state,
            JSON.stringify(sanitizeForJsonb(action.proposal)),
            action.kind,
            action.risk,
            action.tier,
            action.environment,
            action.target,
            action.stateDigest,
            action.requestedBy,
            action.approvalsNeeded,
            action.expiresAt,
            action.refusal && JSON.stringify(sanitizeForJsonb(action.refusal)),
          ],
        )
        if (rowCount === 1) await note(client, action.id, null, { ...action, to: action.state, by: 'policy' })
        return found(await read(client, 'investigation_id', action.investigationId))
      })
    },
    find: (id: string) => read(pool, 'id', id),
    /** Resolves with false if the action is in none of the states `from` any more: someone else moved it. */
    move: (move: Move) => inFencedTransaction(pool, client => moveIn(client, move)),
    /** The same inside a transaction of the caller's. */
    moveIn,
    /** Shortens the validity of the investigation's approved action to this time, if it does not end earlier already. */
    async expireBy(investigationId: string, at: Date): Promise<void> {
      await pool.query(
        `UPDATE actions SET expires_at = least(expires_at, $2) WHERE investigation_id = $1 AND state = 'approved'`,
        [investigationId, at],
      )
    },
    async saveVerification(id: string, verification: VerificationView): Promise<void> {
      const json = JSON.stringify(sanitizeForJsonb(verification))
      await inFencedTransaction(pool, client =>
        client.query('UPDATE actions SET verification = $2 WHERE id = $1', [id, json]),
      )
    },
  }

  async function moveIn(client: Client, move: Move): Promise<boolean> {
    const { rows } = await client.query(
      `UPDATE actions SET state = $3,
         decided_at = CASE WHEN $3 IN ('approved', 'rejected', 'expired') THEN now() ELSE decided_at END,
         executed_at = CASE WHEN $3 = 'executing' THEN now() ELSE executed_at END,
         finished_at = CASE WHEN $3 = ANY($4) THEN now() ELSE finished_at END,
         outcome = CASE WHEN $3 = ANY($4) THEN jsonb_build_object('message', $5::text) ELSE outcome END,
         expires_at = coalesce($6, expires_at)
       FROM (SELECT id, state AS before FROM actions WHERE id = $1 AND state = ANY($2) FOR UPDATE) old
       WHERE actions.id = old.id
       RETURNING old.before, extract(epoch FROM now() - decided_at)::float AS "sinceDecision"`,
      [move.id, move.from, move.to, FINAL_STATES, move.message, move.expiresAt ?? null],
    )
    if (!rows[0]) return false
    if (move.to === 'executing') metrics?.actionStartDelay.observe(rows[0].sinceDecision)
    await note(client, move.id, rows[0].before, move)
    return true
  }

  async function note(
    client: Client,
    id: string,
    from: string | null,
    { to, by, message, data }: Pick<Move, 'to' | 'by' | 'message' | 'data'>,
  ) {
    await client.query(
      'INSERT INTO action_transitions (action_id, from_state, to_state, by_whom, message) VALUES ($1, $2, $3, $4, $5)',
      [id, from, to, by, sanitizeForJsonb(message)],
    )
    const action = found(await read(client, 'id', id))
    await appendEntries(client, [
      {
        incidentId: action.incidentId,
        key: `${id}/${to}`,
        kind: `action-${to}`,
        message,
        data: {
          action: id,
          investigation: action.investigationId,
          by,
          risk: action.risk,
          method: action.proposal.method,
          target: action.target,
          ...data,
        },
        at: now().toISOString(),
      },
    ])
  }
}
export type Ledger = ReturnType<typeof createLedger>

async function read(
  client: Pool | Client,
  column: 'id' | 'investigation_id',
  value: string,
): Promise<Action | undefined> {
  const { rows } = await client.query(
    `SELECT id, investigation_id AS "investigationId", incident_id AS "incidentId", state, proposal, kind, risk, tier,
            environment, target, state_digest AS "stateDigest", requested_by AS "requestedBy",
            approvals_needed AS "approvalsNeeded", expires_at AS "expiresAt", verification
     FROM actions WHERE ${column} = $1`,
    [value],
  )
  if (!rows[0]) return undefined
  const row = Row.parse(rows[0])
  const proposal = parseStoredProposal(row.proposal)
  return { ...row, proposal, verification: parseVerification(row.verification, proposal.verification) }
}

function found(action: Action | undefined): Action {
  if (!action) throw new Error('the action is not in the ledger')
  return action
}
