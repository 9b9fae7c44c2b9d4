import type { SentDecision } from '../load/journal.ts'
import { OPERATORS } from '../system/settings.ts'
import type { Case, Check, DecisionRow, Violation } from './check.ts'

export const decisionsEnough: Check = {
  name: 'decisions-enough',
  promise:
    'nothing is executed unless enough different people have approved it and nobody has rejected it, and exactly the decisions that were accepted are stored',
  async run({ cases, journal: { decisions: sent } }) {
    const executed = cases.filter(
      ({ transitions, steps }) => steps.length > 0 || transitions.some(({ to }) => to === 'executing'),
    )
    return {
      checked: executed.length,
      violations: [...executed.flatMap(violationsOf), ...cases.flatMap(each => differencesOf(each, sent))],
    }
  },
}

function violationsOf({ service, action, approversNeeded, decisions, transitions }: Case): Violation[] {
  const approvals = decisions.filter(({ decision }) => decision === 'approve')
  const people = new Set(approvals.map(({ operator }) => operator))
  const problems = [
    people.size < approversNeeded && `${people.size} of ${approversNeeded} approvals`,
    approvals.some(({ operator }) => !(operator in OPERATORS) || operator === 'eve') &&
      'an approval of a viewer',
    decisions.some(({ decision }) => decision === 'reject') && 'a rejection',
    !transitions.some(({ to }) => to === 'approved') && 'never in the state approved',
    new Set(approvals.map(({ stateDigest }) => stateDigest)).size > 1 && 'approvals of different states',
  ].filter(problem => problem !== false)
  return problems.map(problem => ({
    id: action.id,
    message: `${service.name} was changed with ${problem}`,
    lookAt: `SELECT * FROM decisions WHERE action_id = '${action.id}'`,
  }))
}

/** Between the decisions that are stored and those that people have sent. One without an answer may be stored or not. */
function differencesOf({ service, action, decisions }: Case, sent: readonly SentDecision[]): Violation[] {
  const own = sent.filter(({ actionId }) => actionId === action.id)
  const isSame = (stored: DecisionRow, each: SentDecision) =>
    stored.operator === each.operator &&
    stored.decision === each.decision &&
    stored.stateDigest === each.stateDigest
  const invented = decisions.filter(stored => !own.some(each => isSame(stored, each)))
  const lost = own.filter(each => each.status === 200 && !decisions.some(stored => isSame(stored, each)))
  return [
    ...invented.map(
      ({ operator, decision }) => `${operator} has not sent the stored decision to ${decision}`,
    ),
    ...lost.map(
      ({ operator, decision }) => `the decision of ${operator} to ${decision} was accepted and is lost`,
    ),
  ].map(message => ({
    id: action.id,
    message: `${service.name}: ${message}`,
    lookAt: `SELECT * FROM decisions WHERE action_id = '${action.id}'`,
  }))
}
