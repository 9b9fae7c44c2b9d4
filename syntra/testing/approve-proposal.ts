import type { TestSyntra } from './start-syntra.ts'
import { waitForProposal } from './wait-for-proposal.ts'

/** Delivers an alert and approves the action that is proposed for it. Returns incident and action as they were shown. */
export async function approveProposal(syntra: TestSyntra) {
  const { incident, action } = await waitForProposal(syntra)
  const { id, stateDigest } = action
  const { status } = await syntra.post(`/v1/actions/${id}/decision`, { decision: 'approve', stateDigest })
  if (status !== 200) throw new Error(`The approval of action ${id} was answered ${status}; expected 200`)
  return { incident, action }
}
