import { isDeepStrictEqual } from 'node:util'
import type { ApprovedStep, Case, Check, StepRow } from './check.ts'

export const stepsApproved: Check = {
  name: 'steps-approved',
  promise:
    'every step that was begun is in the approved proposal, with the same arguments and at the same position',
  async run({ cases }) {
    return {
      checked: cases.reduce((sum, { steps }) => sum + steps.length, 0),
      violations: cases.flatMap(each =>
        each.steps
          .filter(step => !approvedFor(each, step).some(approved => isSame(approved, step)))
          .map(({ phase, number, tool }) => ({
            id: each.action.id,
            message: `step ${phase} ${number} (${tool}) on ${each.service.name} is not in the approved proposal`,
            lookAt: `SELECT * FROM action_steps WHERE action_id = '${each.action.id}'`,
          })),
      ),
    }
  },
}

/** The steps that may have this place. An undo skips those that compensate nothing. */
function approvedFor({ action: { proposal } }: Case, { phase, number }: StepRow): ApprovedStep[] {
  if (phase === 'do') return proposal.steps.slice(number - 1, number)
  if (phase === 'undo') return proposal.undo.steps?.slice(number - 1) ?? []
  return proposal.pendingRevert === undefined ? [] : [proposal.pendingRevert.step]
}

/** Arguments that come from the result of an earlier step are not in the proposal. */
function isSame({ tool, args, from }: ApprovedStep, step: StepRow): boolean {
  const late = new Set(Object.keys(from ?? {}))
  const own = Object.fromEntries(Object.entries(step.args).filter(([name]) => !late.has(name)))
  return tool === step.tool && isDeepStrictEqual(own, args)
}
