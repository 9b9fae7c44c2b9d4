import type { ReportFacts } from './report-facts.ts'

type ReportedAction = NonNullable<ReportFacts['action']>

/** What remains for people to do, in a few sentences. Text of others is not escaped. */
export function describeRemainingWork({ verdict, action }: Pick<ReportFacts, 'verdict' | 'action'>): string {
  if (action === null)
    return verdict.outcome === 'no-fault'
      ? 'Nothing: no fault was found.'
      : 'Needs human attention: Syntra proposed no change and changed nothing.'
  const left = action.pendingRevert ? ` ${action.pendingRevert.message}` : ''
  return `${describeNextStep(action)}${left}`
}

function describeNextStep({ state, proposal, refusal, outcome }: ReportedAction): string {
  const reason = outcome ?? refusal
  const because = reason === null ? '' : ` ${reason.message}`
  switch (state) {
    case 'succeeded':
      return 'Nothing: the change helped, and recovery is verified.'
    case 'handed-off':
      return proposal.handoff ?? 'Needs human attention: continue where the steps of the action end.'
    case 'undone':
      return `Needs human attention: the change did not help and was undone.${because}`
    case 'failed':
      return `Needs human attention: the action failed.${because}`
    case 'refused':
      return `Make the change manually, or change the policy that forbids it: nothing was changed.${because}`
    case 'rejected':
    case 'expired':
      return `Needs human attention: the proposal ${state === 'rejected' ? 'was rejected' : 'expired'}, and nothing was changed.${because}`
    case 'superseded':
      return 'Nothing: the state drifted before the execution, so Syntra investigates again.'
    case 'awaiting-approval':
      return 'Approve or reject the proposal.'
    case 'proposed':
    case 'approved':
    case 'executing':
    case 'verifying':
    case 'undoing':
      return 'Nothing yet: the action is in progress.'
  }
}
