import type { TestSyntra } from './start-syntra.ts'

/** Delivers an alert and waits until its action awaits approval, or is in another state. Returns incident and action. */
export async function waitForProposal(syntra: TestSyntra, state = 'awaiting-approval') {
  await syntra.deliver([{}])
  const page = await syntra.until('/v1/incidents', body => body.incidents?.[0]?.action?.state === state)
  const [incident] = page.incidents
  const { body: action } = await syntra.get(`/v1/actions/${incident.action.id}`)
  return { incident, action }
}
