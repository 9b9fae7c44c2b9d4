import type { Proposal } from '@goalixa/agents/devops/proposal'
import { planSteps } from '@goalixa/agents/devops/rollback/plan-steps'
import type { Release } from '@goalixa/agents/devops/rollback/release'
import type { Engine } from '@goalixa/agents/graphs/ports'
import { fakeEngine } from './fake-engine.ts'

/** `helps`: whether a deployment is enough for its verification to succeed. */
export type PlannedRollback = { release: Release; method: 'git-revert' | 'delivery-rollback'; helps: boolean }

/** The fake engine's proposal, with the real plan of a method. */
export function rollbackEngine({ release, method, helps }: PlannedRollback): Engine {
  const engine = fakeEngine()
  const name = release.app?.name ?? ''
  const { undo, pendingRevert, handoff, steps } = planSteps(method, release)
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
        kind: 'rollback',
        method,
        target: { ...choice.proposal.target, app: name, repo: release.app?.repo ?? null },
        preconditions: [
          { ...history, kind: 'nothing-deployed', value: 1 },
          {
            kind: 'no-operation',
            tool: 'delivery_get_app',
            args: { name },
            path: 'isOperating',
            value: false,
          },
          {
            kind: 'sync-allowed',
            tool: 'delivery_read_sync_windows',
            args: { name },
            path: 'canSync',
            value: true,
          },
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
