import type { Case, Check, Violation } from './check.ts'

/** States of a step in which it is open whether the effect took place. */
const OPEN = ['intended', 'failed', 'unknown']

export const effectsOnce: Check = {
  name: 'effects-once',
  promise:
    'every completed step has its effect in the target exactly once, and the target shows no other effect',
  async run({ cases, withoutAction, strayActions }) {
    // An incident that is investigated again may have another action on the same service.
    const services = Object.values(Object.groupBy(cases, ({ service }) => service.name))
    return {
      checked: cases.flatMap(({ steps }) => steps.filter(({ state }) => state === 'done')).length,
      violations: [
        ...services.flatMap((alike = []) => violationsOf(alike)),
        ...withoutAction.flatMap(({ service, effects }) =>
          effects
            .filter(({ count }) => count !== 0)
            .map(({ what, count }) => ({
              id: service.name,
              message: `${service.name}: ${count} ${what} in the target, but there is no action on it`,
              lookAt: `SELECT * FROM actions WHERE target LIKE '%${service.name}%'`,
            })),
        ),
        ...strayActions.map(({ id, target, state }) => ({
          id,
          message: `an action (${state}) on ${target}, which needs none`,
          lookAt: `SELECT * FROM actions WHERE id = '${id}'`,
        })),
      ],
    }
  },
}

function violationsOf(cases: Case[]): Violation[] {
  const [first] = cases
  if (first === undefined) return []
  const { service, action, effects } = first
  const steps = cases.flatMap(each => each.steps)
  return effects.flatMap(({ what, count, steps: sources }) => {
    const own = steps.filter(step =>
      sources.some(({ phase, tool }) => step.phase === phase && step.tool === tool),
    )
    const done = own.filter(({ state }) => state === 'done').length
    const open = own.filter(({ state }) => OPEN.includes(state)).length
    if (count >= done && count <= done + open) return []
    const ledger = own.map(
      ({ phase, tool, state, attempts }) => `${phase} ${tool} ${state} (attempt ${attempts})`,
    )
    return [
      {
        id: action.id,
        message: `${service.name}: ${count} ${what} in the target, but the ledger has ${done} done and ${open} open (action ${action.state}; ${ledger.join(', ') || 'no steps'})`,
        lookAt: `SELECT * FROM action_steps WHERE action_id = '${action.id}'`,
      },
    ]
  })
}
