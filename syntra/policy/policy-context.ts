import { WORKING_STATES } from '@goalixa/agents/devops/action-state'
import type { Pool } from '@goalixa/chassis/postgres'
import type { Action } from '../actions/ledger.ts'
import { type FreezeWindows, isFrozen } from './freeze-windows.ts'
import type { Change, Situation } from './policy.ts'

export type Limits = { windowSeconds: number; actionsPerWindow: number; freezeWindows: FreezeWindows }

/** The facts that policies decide by: recent actions on the target, and the decisions so far. */
export async function policyContext(
  pool: Pool,
  action: Pick<Action, 'id' | 'target' | 'approvalsNeeded'>,
  { windowSeconds, actionsPerWindow, freezeWindows }: Limits,
  now: Date,
): Promise<Situation> {
  const { rows } = await pool.query(
    `SELECT
       count(*) FILTER (WHERE state = ANY($4))::int AS busy,
       count(*) FILTER (WHERE executed_at > $3)::int AS recent,
       count(*) FILTER (WHERE executed_at > $3 AND kind = 'rollback' AND state <> 'handed-off')::int AS rollbacks,
       (SELECT count(*)::int FROM decisions WHERE action_id = $1 AND decision = 'approve') AS approvals
     FROM actions WHERE target = $2 AND id <> $1`,
    [action.id, action.target, new Date(now.getTime() - windowSeconds * 1000), WORKING_STATES],
  )
  const facts = rows[0]
  return {
    isFrozen: isFrozen(freezeWindows, now),
    isRequester: false,
    hasDecided: false,
    objections: 0,
    approvals: facts.approvals,
    approvalsNeeded: action.approvalsNeeded,
    busy: facts.busy > 0,
    actionsInWindow: facts.recent,
    actionsPerWindow,
    rollbacksInWindow: facts.rollbacks,
  }
}

/** An action as the policies see it. */
export function changeOf({
  id,
  kind,
  risk,
  tier,
  environment,
  proposal,
}: Omit<Action, 'verification'>): Change {
  return { id, kind, risk, tier, environment, irreversible: 'irreversible' in proposal.undo }
}
