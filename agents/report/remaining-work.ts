import type { ReportFacts } from './write-report.ts'

type ReportedAction = NonNullable<ReportFacts['action']>

/** What is left for a person once an incident was worked on, in a few sentences; others' text is not neutralised. */
export function remainingWork({ verdict, action }: Pick<ReportFacts, 'verdict' | 'action'>): string {
  if (action === null)
    return verdict.outcome === 'no-fault'
      ? 'Nothing.'
      : 'Needs human attention: no change is proposed, and nothing was changed.'
  const left = action.pendingRevert ? ` ${action.pendingRevert.message}` : ''
  return `${afterAction(action)}${left}`
}

function afterAction({ state, proposal, refusal, outcome }: ReportedAction): string {
  const reason = outcome ?? refusal
  const because = reason === null ? '' : ` ${reason.message}`
  switch (state) {
    case 'succeeded':
      return 'Nothing: the change helped, and recovery is verified.'
    case 'handed-off':
      return proposal.handoff ?? 'Needs human attention: people continue where the steps of the action end.'
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
      return 'Nothing: the state drifted before execution, and another investigation follows.'
    case 'proposed':
    case 'awaiting-approval':
    case 'approved':
    case 'executing':
    case 'verifying':
    case 'undoing':
      return 'The action has not ended yet.'
  }
}
