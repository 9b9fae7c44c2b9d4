import type { InvestigationState } from '../investigation-state.ts'

/** The action of a thread that is behind the gate. Throws where there is none, which is a bug. */
export function requireAction({ actionId }: InvestigationState): string {
  if (actionId === null) throw new Error('The thread has no action, but this node is behind the gate.')
  return actionId
}
