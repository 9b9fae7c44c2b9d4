import type { InvestigationState } from '../investigation-state.ts'

/** The action of a thread that has one; a node behind the gate without an action is a bug. */
export function requireAction({ actionId }: InvestigationState): string {
  if (actionId === null) throw new Error('this node needs an action')
  return actionId
}
