import type { Check } from './check.ts'

export const undoDeserved: Check = {
  name: 'undo-deserved',
  promise:
    'an action is undone only if it had no effect, made things worse or was partly executed, and at most once',
  async run({ cases }) {
    const undone = cases.filter(({ transitions }) => transitions.some(({ to }) => to === 'undoing'))
    return {
      checked: undone.length,
      violations: undone.flatMap(({ service, action, transitions, steps }) => {
        const times = transitions.filter(({ to }) => to === 'undoing').length
        const isPartial = steps.some(({ phase, state }) => phase === 'do' && state !== 'done')
        const isDeserved = isPartial || ['no-effect', 'worse'].includes(action.verification?.result ?? '')
        const message =
          times > 1
            ? `${service.name} was undone ${times} times`
            : `${service.name} was undone although its verification says ${action.verification?.result ?? 'nothing'}`
        if (isDeserved && times === 1) return []
        return [
          {
            id: action.id,
            message,
            lookAt: `SELECT * FROM action_transitions WHERE action_id = '${action.id}'`,
          },
        ]
      }),
    }
  },
}
