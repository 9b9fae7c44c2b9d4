import { UNCLASSIFIED } from '@goalixa/agents/catalog/classify-target'
import type { ActionState, SubmissionResult } from '@goalixa/agents/devops/action-state'
import type { Proposal } from '@goalixa/agents/devops/proposal'
import type { Actions } from '@goalixa/agents/graphs/ports'
import { boundText } from '@goalixa/chassis/bound-text'
import { digestOf } from '@goalixa/chassis/canonical-json'
import { ExpectedError } from '@goalixa/chassis/errors'
import { pluralize } from '@goalixa/chassis/pluralize'
import type { ActionRisk } from '@goalixa/tools/risk-class'
import { v7 as uuid } from 'uuid'
import { latestStart } from '../../approvals/approval-validity.ts'
import { appendEntries } from '../../incidents/timeline.repository.ts'
import { markUnseenAlerts } from '../../investigations/mark-unseen-alerts.ts'
import type { PolicyAnswer } from '../../policy/policy.ts'
import { changeOf, policyContext } from '../../policy/policy-context.ts'
import { inFencedTransaction } from '../../storage/fence.ts'
import { sanitizeForJsonb } from '../../storage/sanitize-for-jsonb.ts'
import type { ActionsDeps } from '../actions-deps.ts'
import type { NewAction } from '../ledger.ts'

// The target is indexed; PostgreSQL limits the size of an index entry.
const MAX_TARGET_BYTES = 2_000

const AGAIN = 'Syntra investigates again once it has ended, if an alert of the incident is still firing.'

/** Enters a proposal in the ledger as refused, approved by policy, or awaiting approval, as the policy decides. */
export function createSubmitAction(deps: ActionsDeps): Actions['submit'] {
  const { pool, ledger, policy, limits, approvers, approvalSeconds, now } = deps
  return async ({ investigationId, proposal: given, objections }) => {
    const proposal = sanitizeForJsonb(given)
    const investigation = await findInvestigation(investigationId)
    const { kind, namespace, name, app } = proposal.target
    const { environment, tier } = proposal.classification ?? UNCLASSIFIED
    const entry = {
      id: uuid(),
      investigationId,
      incidentId: investigation.incidentId,
      proposal,
      kind: proposal.kind,
      risk: proposal.risk,
      environment: environment.value,
      tier: tier.value,
      // Argo CD and Git act on the whole application, so the lease is for the application.
      target: boundText(
        app === null ? [namespace ?? '-', kind, name].join('/') : `Application/${app}`,
        MAX_TARGET_BYTES,
      ),
      stateDigest: digestOfShown(proposal),
      requestedBy: investigation.requestedBy,
      expiresAt: new Date(now().getTime() + approvalSeconds * 1000),
    }
    const same = await extendSame(entry)
    if (same !== undefined) return { actionId: same, state: 'already-proposed' }
    const approvalsNeeded = neededFor(entry)
    const situation = {
      ...(await policyContext(pool, { ...entry, approvalsNeeded }, limits, now())),
      objections: objections.length,
    }
    const ask = (action: 'propose' | 'actAlone') =>
      policy.ask({
        principal: { kind: 'agent' },
        action,
        change: changeOf({ ...entry, approvalsNeeded, state: 'proposed' }),
        situation,
      })
    const may = await ask('propose')
    const alone = may.isAllowed ? await ask('actAlone') : may
    const decision = decided(entry, approvalsNeeded, may, alone, objections)
    // What was read is out of date once that action has ended, so that the next investigation has to look at the same alerts.
    if (decision.refusal !== null && situation.busy) {
      decision.refusal.message += ` ${AGAIN}`
      decision.message += ` ${AGAIN}`
      await inFencedTransaction(pool, client => markUnseenAlerts(client, investigationId))
    }
    if (decision.state === 'approved') decision.expiresAt = latestStart(now(), approvalSeconds)
    const action = await ledger.enter(decision)
    return { actionId: action.id, state: submitted(action.state) }
  }

  /**
   * The action of another investigation of the incident that proposes the same steps in the same state and still awaits a decision.
   * From now on it stands for this proposal too, so that people have as long to decide on it as on a new one.
   */
  function extendSame({
    incidentId,
    investigationId,
    stateDigest,
    expiresAt,
  }: Pick<NewAction, 'incidentId' | 'investigationId' | 'stateDigest' | 'expiresAt'>): Promise<
    string | undefined
  > {
    return inFencedTransaction(pool, async client => {
      const { rows } = await client.query<{ id: string; expiresAt: Date }>(
        `UPDATE actions SET expires_at = greatest(expires_at, $4)
         WHERE incident_id = $1 AND investigation_id <> $2 AND state_digest = $3
           AND state = 'awaiting-approval' AND expires_at > $5
         RETURNING id, expires_at AS "expiresAt"`,
        [incidentId, investigationId, stateDigest, expiresAt, now()],
      )
      const [same] = rows
      if (same === undefined) return undefined
      await appendEntries(client, [
        {
          incidentId,
          key: `${investigationId}/already-proposed`,
          kind: 'no-proposal',
          message: `Nothing further is proposed: the same change already awaits a decision, and does so until ${same.expiresAt.toISOString()}.`,
          data: { investigation: investigationId },
          at: now().toISOString(),
        },
      ])
      return same.id
    })
  }

  function neededFor({ risk, environment }: { risk: ActionRisk; environment: string }): number {
    if (environment !== 'production') return 1
    if (risk === 'R4') return approvers.R4
    return risk === 'R3' ? approvers.R3 : 1
  }

  async function findInvestigation(id: string) {
    const { rows } = await pool.query<{ incidentId: string; requestedBy: string }>(
      `SELECT incident_id AS "incidentId", requested_by AS "requestedBy" FROM investigations WHERE id = $1`,
      [id],
    )
    if (!rows[0])
      throw new ExpectedError('missing', 'NO_SUCH_INVESTIGATION', `There is no investigation ${id}.`)
    return rows[0]
  }
}

/** What a decision is bound to: the steps, their target, and the state that was shown. */
export function digestOfShown({
  target,
  steps,
  undo,
  pendingRevert,
  handoff,
  preconditions,
}: Proposal): string {
  return digestOf({ target, steps, undo, pendingRevert, handoff, preconditions })
}

function decided(
  entry: Omit<NewAction, 'state' | 'refusal' | 'message' | 'approvalsNeeded'>,
  approvalsNeeded: number,
  may: PolicyAnswer,
  alone: PolicyAnswer,
  objections: { code: string; message: string }[],
): NewAction {
  if (!may.isAllowed) {
    const message = [may.message, ...objections.map(objection => objection.message)].join(' ')
    const because = [...may.because, ...objections.map(({ code }) => code)]
    return {
      ...entry,
      approvalsNeeded,
      state: 'refused',
      refusal: { because, message },
      message: `Refused: ${message}`,
    }
  }
  if (alone.isAllowed)
    return {
      ...entry,
      approvalsNeeded: 0,
      state: 'approved',
      refusal: null,
      message: `Approved by policy: ${alone.message}`,
    }
  return {
    ...entry,
    approvalsNeeded,
    state: 'awaiting-approval',
    refusal: null,
    message: `${pluralize(approvalsNeeded, 'approval')} needed: ${entry.proposal.message}`,
  }
}

// What the graph needs to continue; a repeated call may find the action further along.
function submitted(state: ActionState): SubmissionResult {
  return state === 'refused' || state === 'approved' ? state : 'awaiting-approval'
}
