import type { Proposal } from '@goalixa/agents/devops/proposal'
import type { Verdict } from '@goalixa/agents/incident/verdict'
import { investigate } from '@goalixa/agents/testing/investigate'
import { SAMPLE_FAULTS } from '@goalixa/agents/testing/sample-faults'

type Place = { namespace?: string; service?: string }

let computed: string | undefined

/**
 * What the real engine proposes for a sample cluster in which a release fails and its branch requires checks: a rollback in
 * Argo CD that turns auto-sync off, deploys, and opens the pull request with the revert.
 */
export function sampleProposal(place: Place = {}): Proposal {
  return sampleOutcome(place).proposal
}

/** The same with the verdict behind it; the faulty service has this name, in this namespace. */
export function sampleOutcome({ namespace = 'shop', service = 'core' }: Place = {}): {
  verdict: Verdict
  proposal: Proposal
} {
  computed ??= JSON.stringify(compute())
  return JSON.parse(computed.replaceAll('shop-production', namespace).replaceAll('orders', service))
}

/** The write tools of the proposal's steps and of its undo, in their order. */
export const SAMPLE_STEPS = ['delivery_set_auto_sync', 'delivery_rollback_app', 'forge_open_revert']
export const SAMPLE_UNDO = ['forge_close_revert', 'delivery_rollback_app', 'delivery_set_auto_sync']

function compute() {
  const world = SAMPLE_FAULTS.find(({ code }) => code === 'RELEASE_ERRORS')?.world()
  if (world === undefined) throw new Error('No sample fault is a release that fails.')
  world.rules.requiredChecks = ['ci']
  const { verdict, choice } = investigate(world)
  if (choice.proposal === null) throw new Error(`Nothing is proposed for the sample: ${choice.message}`)
  return { verdict, proposal: choice.proposal }
}
