import type { ReportFacts } from './write-report.ts'

/** What is left for a person once an incident was worked on, in one or two sentences; others' text is not neutralised. */
export function remainingWork({ verdict, action }: Pick<ReportFacts, 'verdict' | 'action'>): string {
  if (action === null)
    return verdict.outcome === 'no-fault'
      ? 'Nothing.'
      : 'Somebody has to look: no change is proposed, and nothing was changed.'
  const left = action.pendingRevert ? ` ${action.pendingRevert.message}` : ''
  return `${afterAction(action)}${left}`
}

function afterAction({ state, proposal, refusal, outcome }: NonNullable<ReportFacts['action']>): string {
  const why = outcome ?? refusal
  const because = why === null ? '' : ` ${why.message}`
  if (state === 'succeeded') return 'Nothing: the change helped, and recovery is verified.'
  if (state === 'handed-over')
    return proposal.handoff ?? 'Somebody has to go on where the steps of the action end.'
  if (state === 'undone') return `Somebody has to look: the change did not help and was taken back.${because}`
  if (state === 'failed') return `Somebody has to look: the action failed.${because}`
  if (state === 'refused') return `Do it by hand, or change what forbids it: nothing was changed.${because}`
  if (state === 'rejected' || state === 'expired')
    return `Somebody has to look: the proposal was ${state}, and nothing was changed.${because}`
  return 'The action is not at its end yet.'
}
