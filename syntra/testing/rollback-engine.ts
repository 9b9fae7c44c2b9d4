import type { Proposal } from '@goalixa/agents/devops/proposal'
import { planSteps } from '@goalixa/agents/devops/rollback/plan-steps'
import type { Release } from '@goalixa/agents/devops/rollback/release'
import type { Engine } from '@goalixa/agents/graphs/ports'
import { sampleEngine } from './sample-engine.ts'

/** `helps`: whether a deployment is enough for its verification to succeed. */
export type PlannedRollback = { release: Release; method: 'git-revert' | 'delivery-rollback'; helps: boolean }

/** The sample's proposal for an application of the emulated systems, with the plan of a method for its release. */
export function rollbackEngine({ release, method, helps }: PlannedRollback): Engine {
  const engine = sampleEngine()
  const name = release.app?.name ?? ''
  const { undo, pendingRevert, handoff, steps } = planSteps(method, release)
  // The emulated applications have two deployments, of which the second one is bad.
  const deployment = helps ? 1 : 99
  return {
    ...engine,
    chooseProposal(input) {
      const choice = engine.chooseProposal(input)
      if (choice.proposal === null) return choice
      const { target, preconditions, verification } = choice.proposal
      const proposal: Proposal = {
        ...choice.proposal,
        kind: 'rollback',
        method,
        target: { ...target, app: name, repo: release.app?.repo ?? null },
        preconditions: preconditions
          .filter(({ tool }) => tool.startsWith('delivery_'))
          .map(precondition => ({
            ...precondition,
            args: { name },
            value: precondition.kind === 'nothing-deployed' ? 1 : precondition.value,
          })),
        steps,
        undo,
        pendingRevert,
        handoff,
        verification: {
          ...verification,
          recovered: verification.recovered
            .filter(predicate => predicate.kind === 'deployed-since')
            .map(predicate => ({ ...predicate, app: name, args: { name }, deployment, value: deployment })),
          worse: [],
          withinSeconds: 5,
        },
      }
      return { ...choice, proposal }
    },
  }
}
