import type { Proposal } from '../proposal.ts'

/** The steps of a method in order, how each is undone, and what is left for later or for people. */
export type Plan = Pick<Proposal, 'steps' | 'undo' | 'pendingRevert' | 'handoff'>
