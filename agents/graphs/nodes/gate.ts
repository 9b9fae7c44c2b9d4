import { interrupt } from '@langchain/langgraph'
import { z } from 'zod'
import { ActionState } from '../../devops/action-state.ts'
import { InvestigationState, type StateUpdate } from '../investigation-state.ts'

/** What the gate asks, and what it is answered with. */
export const GateQuestion = z.object({ actionId: z.string() })
export const GateAnswer = z.object({ actionId: z.string(), state: ActionState })
export type GateAnswer = z.infer<typeof GateAnswer>

/** Waits for the decision. It does nothing else on purpose: a resumed node runs again from its first line. */
export function gate() {
  return (raw: unknown): StateUpdate => {
    const { actionId } = InvestigationState.parse(raw)
    const answer = GateAnswer.parse(interrupt({ actionId }))
    return { actionState: answer.state }
  }
}
