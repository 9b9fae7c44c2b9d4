import { type ActionState, FINAL_STATES } from '@goalixa/agents/devops/action-state'
import type { Check, Violation } from './check.ts'

/** The states that may follow each state. */
const FOLLOWING: Record<ActionState, readonly ActionState[]> = {
  proposed: ['awaiting-approval', 'approved', 'refused'],
  'awaiting-approval': ['approved', 'rejected', 'expired', 'superseded'],
  approved: ['executing', 'expired', 'superseded', 'refused', 'failed'],
  executing: ['verifying', 'undoing', 'failed', 'superseded', 'handed-off', 'expired', 'refused'],
  verifying: ['succeeded', 'undoing', 'failed'],
  undoing: ['undone', 'failed'],
  refused: [],
  rejected: [],
  expired: [],
  superseded: [],
  succeeded: [],
  undone: [],
  failed: [],
  'handed-off': [],
}

export const transitionsLegal: Check = {
  name: 'transitions-legal',
  promise: 'every action has gone through allowed transitions only, and is in the state of the last one',
  async run({ cases }) {
    const violations = cases.flatMap(({ action, transitions }): Violation[] => {
      const lookAt = `SELECT * FROM action_transitions WHERE action_id = '${action.id}' ORDER BY id`
      const wrong = transitions.filter(({ from, to }, index) => {
        const before = transitions[index - 1]?.to ?? null
        const isAllowed = from === null || FOLLOWING[from as ActionState]?.includes(to as ActionState)
        return from !== before || !isAllowed
      })
      const last = transitions.at(-1)?.to
      return [
        ...wrong.map(({ from, to }) => ({ id: action.id, message: `${from} → ${to}`, lookAt })),
        ...(last === action.state
          ? []
          : [{ id: action.id, message: `is ${action.state} after ${last}`, lookAt }]),
        ...(FINAL_STATES.includes(action.state as ActionState) || action.state === 'awaiting-approval'
          ? []
          : [{ id: action.id, message: `was left ${action.state}`, lookAt }]),
      ]
    })
    return { checked: cases.reduce((sum, { transitions }) => sum + transitions.length, 0), violations }
  },
}
