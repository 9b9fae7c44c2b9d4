import { OPERATORS } from '../system/settings.ts'
import type { Case, Check, Violation } from './check.ts'

export const decisionsEnough: Check = {
  name: 'decisions-enough',
  promise: 'nothing is executed unless enough different people have approved it and nobody has rejected it',
  async run({ cases }) {
    const executed = cases.filter(({ transitions }) => transitions.some(({ to }) => to === 'executing'))
    return { checked: executed.length, violations: executed.flatMap(violationsOf) }
  },
}

function violationsOf({ service, action, decisions, transitions }: Case): Violation[] {
  const approvals = decisions.filter(({ decision }) => decision === 'approve')
  const people = new Set(approvals.map(({ operator }) => operator))
  const problems = [
    people.size < action.approvalsNeeded && `${people.size} of ${action.approvalsNeeded} approvals`,
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
