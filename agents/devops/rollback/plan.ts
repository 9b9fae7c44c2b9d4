import type { Proposal } from '../proposal.ts'

/** The calls of a method in their order, how each of them is undone, and what is left for later or for people. */
export type Plan = Pick<Proposal, 'steps' | 'undo' | 'pendingRevert' | 'handoff'>
