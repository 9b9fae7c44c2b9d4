import { expect } from 'vitest'
import { reviewProposal } from '../../reviewer/review-proposal.ts'
import { investigate } from '../../testing/investigate.ts'
import type { World } from '../../testing/sample-cluster.ts'
import { Proposal } from '../proposal.ts'

/** What is chosen for a sample cluster; a proposal has to be of its schema and without objections. */
export function choose(world: World) {
  const { choice, verdict, snapshot } = investigate(world)
  const { proposal } = choice
  if (proposal !== null) {
    expect(Proposal.parse(proposal)).toEqual(proposal)
    expect(reviewProposal({ proposal, verdict, snapshot }).objections).toEqual([])
  }
  return choice
}
