import { ExpectedError } from '@goalixa/chassis/errors'
import { pluralize } from '@goalixa/chassis/pluralize'
import { type Client, inTransaction, type Pool } from '@goalixa/chassis/postgres'
import type { Action, Ledger } from '../actions/ledger.ts'
import { appendEntries } from '../incidents/timeline.repository.ts'
import { enqueue } from '../investigations/enqueue.ts'
import type { Operator } from '../operators/operator.ts'
import type { Policy } from '../policy/policy.ts'
import { changeOf, type Limits, policyContext } from '../policy/policy-context.ts'
import { sanitizeForJsonb } from '../storage/sanitize-for-jsonb.ts'
import { latestStart } from './approval-validity.ts'
import type { Decision } from './approvals.schema.ts'
import { expireApproval } from './expire-approval.ts'

type Deps = {
  pool: Pool
  ledger: Ledger
  policy: Policy
  limits: Limits
  approvalSeconds: number
  now: () => Date
}

/** Records decisions: bound to the state that was shown, before expiry, by permitted operators, each once. */
export function createApprovalsService({ pool, ledger, policy, limits, approvalSeconds, now }: Deps) {
  return {
    /** Throws NO_SUCH_ACTION, ALREADY_DECIDED, ACTION_EXPIRED, STATE_NOT_AS_SHOWN or DECISION_NOT_ALLOWED. */
    async decide(actionId: string, operator: Operator, decision: Decision): Promise<void> {
      const action = await ledger.find(actionId)
      if (!action) throw new ExpectedError('missing', 'NO_SUCH_ACTION', `There is no action ${actionId}.`)
      await checkIsOpen(action)
      if (decision.stateDigest !== action.stateDigest)
        throw new ExpectedError(
          'conflict',
          'STATE_NOT_AS_SHOWN',
          'The stateDigest is not that of this action. Read the action again and decide on what it shows.',
          { fields: [{ field: 'stateDigest', expected: 'the stateDigest of GET /v1/actions/{id}' }] },
        )
      await checkMayDecide(action, operator)
      await inTransaction(pool, client => record(client, action, operator, decision))
    },
  }

  async function checkIsOpen(action: Action) {
    if (action.state === 'awaiting-approval' && now() >= action.expiresAt) {
      await expireApproval({ pool, ledger }, action, now())
      throw new ExpectedError(
        'conflict',
        'ACTION_EXPIRED',
        `The action expired at ${action.expiresAt.toISOString()}.`,
      )
    }
    if (action.state === 'expired')
      throw new ExpectedError(
        'conflict',
        'ACTION_EXPIRED',
        `The action expired at ${action.expiresAt.toISOString()}.`,
      )
    if (action.state !== 'awaiting-approval')
      throw new ExpectedError(
        'conflict',
        'ALREADY_DECIDED',
        `The action is ${action.state}; it can no longer be decided.`,
      )
  }

  async function checkMayDecide(action: Action, operator: Operator) {
    const { rowCount } = await pool.query('SELECT FROM decisions WHERE action_id = $1 AND operator = $2', [
      action.id,
      operator.name,
    ])
    const answer = await policy.ask({
      principal: { kind: 'operator', ...operator },
      action: 'decide',
      change: changeOf(action),
      situation: {
        ...(await policyContext(pool, action, limits, now())),
        isRequester: action.requestedBy === operator.name,
        hasDecided: rowCount === 1,
      },
    })
    if (!answer.isAllowed) throw new ExpectedError('forbidden', codeOf(answer.because), answer.message)
  }

  async function record(
    client: Client,
    action: Action,
    operator: Operator,
    { decision, reason, stateDigest }: Decision,
  ) {
    // The row is locked first, so that of two concurrent decisions the second sees the first.
    const { rows } = await client.query(`SELECT state FROM actions WHERE id = $1 FOR UPDATE`, [action.id])
    if (rows[0]?.state !== 'awaiting-approval')
      throw new ExpectedError(
        'conflict',
        'ALREADY_DECIDED',
        `The action is ${rows[0]?.state}; it can no longer be decided.`,
      )
    const { rowCount } = await client.query(
      `INSERT INTO decisions (action_id, operator, decision, reason, state_digest) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT DO NOTHING`,
      [
        action.id,
        operator.name,
        decision,
        reason === undefined ? null : sanitizeForJsonb(reason),
        stateDigest,
      ],
    )
    if (rowCount === 0)
      throw new ExpectedError(
        'forbidden',
        'DECIDED_BEFORE',
        'Each person decides once, and you have decided on this action already.',
      )
    const approvals = await countApprovals(client, action.id)
    if (decision === 'approve' && approvals < action.approvalsNeeded)
      return appendEntries(client, [
        {
          incidentId: action.incidentId,
          key: `${action.id}/approval/${operator.name}`,
          kind: 'action-partly-approved',
          message: `${operator.name} approved the action; it needs ${pluralize(action.approvalsNeeded - approvals, 'more approval')}.`,
          data: { action: action.id, target: action.target },
          at: now().toISOString(),
        },
      ])
    const to = decision === 'approve' ? 'approved' : 'rejected'
    const because = reason ? `: ${reason}` : '.'
    await ledger.moveIn(client, {
      id: action.id,
      from: ['awaiting-approval'],
      to,
      by: operator.name,
      message: `${operator.name} ${to} the action${because}`,
      expiresAt: to === 'approved' ? latestStart(now(), approvalSeconds) : undefined,
      data: { reason: reason ?? null },
    })
    await enqueue(client, [action.investigationId], to)
  }
}
export type ApprovalsService = ReturnType<typeof createApprovalsService>

async function countApprovals(client: Client, actionId: string): Promise<number> {
  const { rows } = await client.query(
    `SELECT count(*)::int AS approvals FROM decisions WHERE action_id = $1 AND decision = 'approve'`,
    [actionId],
  )
  return rows[0].approvals
}

function codeOf(because: string[]): string {
  if (because.includes('never-the-requester')) return 'REQUESTER_MAY_NOT_DECIDE'
  return because.includes('one-voice-each') ? 'DECIDED_BEFORE' : 'DECISION_NOT_ALLOWED'
}
