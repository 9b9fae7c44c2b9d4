import type { Case, Check, Facts, Violation } from './check.ts'

export const outcomeTrue: Check = {
  name: 'outcome-true',
  promise: 'an action succeeds only if its service recovered, and one that did not help is undone',
  async run(facts) {
    const verified = facts.cases.filter(({ action }) => action.verification?.result)
    return { checked: verified.length, violations: verified.flatMap(each => violationOf(each, facts)) }
  },
}

function violationOf(each: Case, facts: Facts): Violation[] {
  const problem = problemOf(each, facts)
  if (problem === null) return []
  const { service, action } = each
  return [
    {
      id: action.id,
      message: `${service.name} ${problem} (action ${action.state}: ${action.outcome?.message ?? 'no outcome'})`,
      lookAt: `SELECT * FROM actions WHERE id = '${action.id}'`,
    },
  ]
}

function problemOf({ service, action, steps, transitions, isReversible }: Case, facts: Facts): string | null {
  const { result } = action.verification ?? {}
  const helped = service.outcome === 'heals'
  // What could not be read is inconclusive, and that is right.
  if (result === 'unknown') return null
  if (helped !== (result === 'recovered'))
    return `${helped ? 'recovered' : 'did not recover'}, but was verified as ${result}`
  if (action.state === 'succeeded') return helped ? null : 'counts as successful, but did not recover'
  if (helped) return isDisturbed(service.name, facts) ? null : 'recovered, but its action did not succeed'
  if (!isReversible) return null
  if (action.state === 'undone') return missingStep(action, steps)
  const isBegun = transitions.some(({ to }) => to === 'undoing')
  // An undo that was begun may fail, and one that would overwrite someone else's change is refused.
  return isBegun || isDisturbed(service.name, facts) ? null : 'did not recover and was not undone'
}

/** Whether somebody else has changed the service, or a write of ours may have reached it twice. */
function isDisturbed(service: string, { journal, system }: Facts): boolean {
  return (
    journal.tamperings.some(tampering => tampering.service === service) ||
    system.requests.some(
      ({ isWrite, treatment, path }) =>
        isWrite && treatment === 'late' && path.split(/[/?]/).includes(service),
    )
  )
}

function missingStep({ proposal }: Case['action'], steps: Case['steps']): string | null {
  const done = new Set(
    steps.filter(({ phase, state }) => phase === 'do' && state === 'done').map(({ number }) => number),
  )
  const due = (proposal.undo.steps ?? []).filter(
    ({ undoes, unless }) =>
      (undoes === undefined || done.has(undoes)) && (unless === undefined || !done.has(unless)),
  )
  const undone = steps.filter(({ phase }) => phase === 'undo')
  return undone.length === due.length
    ? null
    : `counts as undone after ${undone.length} of ${due.length} steps`
}
