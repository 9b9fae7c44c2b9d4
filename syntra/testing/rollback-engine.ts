import type { Proposal } from '@goalixa/agents/devops/proposal'
import type { Release } from '@goalixa/agents/devops/rollback/release'
import { stepsFor } from '@goalixa/agents/devops/rollback/steps-for'
import type { Engine } from '@goalixa/agents/graphs/ports'
import { fakeEngine } from './fake-engine.ts'

/** `helps`: whether a deployment is enough for its verification to succeed. */
export type PlannedRollback = { release: Release; method: 'git-revert' | 'delivery-rollback'; helps: boolean }

/** The fake engine's proposal, with the real plan of a method. */
export function rollbackEngine({ release, method, helps }: PlannedRollback): Engine {
  const engine = fakeEngine()
  const name = release.app?.name ?? ''
  const { undo, pendingRevert, handoff, steps } = stepsFor(method, release)
  return {
    ...engine,
    chooseProposal(input) {
      const choice = engine.chooseProposal(input)
      if (choice.proposal === null) return choice
      const history = { tool: 'delivery_list_history' as const, args: { name }, path: 'history.0.id' }
      const deployment = helps ? 1 : 99
      const deployedSince = {
        ...history,
        kind: 'deployed-since' as const,
        app: name,
        deployment,
        message: 'it was deployed again',
        op: '>' as const,
        value: deployment,
      }
      const proposal: Proposal = {
        ...choice.proposal,
        method,
        target: { ...choice.proposal.target, app: name, repo: release.app?.repo ?? null },
        preconditions: [
          { ...history, value: 1 },
          { tool: 'delivery_get_app', args: { name }, path: 'isOperating', value: false },
          { tool: 'delivery_read_sync_windows', args: { name }, path: 'canSync', value: true },
        ],
        steps,
        undo,
        pendingRevert,
        handoff,
        verification: {
          recovered: [deployedSince],
          worse: [],
          unrelatedAlerts: [],
          forSeconds: 0.5,
          withinSeconds: 5,
        },
      }
      return { ...choice, proposal }
    },
  }
}
