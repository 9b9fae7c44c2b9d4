import { expect } from 'vitest'
import { reviewProposal } from '../../reviewer/review-proposal.ts'
import { investigate } from '../../testing/investigate.ts'
import type { World } from '../../testing/sample-cluster.ts'
import { Proposal } from '../proposal.ts'

/** The choice for a sample cluster. Expects that a proposal matches its schema and that the reviewer has no objection. */
export function choose(world: World) {
  const { choice, verdict, snapshot } = investigate(world)
  const { proposal } = choice
  if (proposal !== null) {
    expect(Proposal.parse(proposal)).toEqual(proposal)
    expect(reviewProposal({ proposal, verdict, snapshot }).objections).toEqual([])
  }
  return choice
}
