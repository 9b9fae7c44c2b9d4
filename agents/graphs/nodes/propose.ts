import { defineNode } from '../define-node.ts'
import type { InvestigationDeps } from '../ports.ts'

const PREFLIGHTS = 2

/** Chooses a remedy for the verdict, or the reads that are needed before one can be chosen. */
export function propose(deps: InvestigationDeps) {
  const { engine, record } = deps
  return defineNode(deps, 'propose', async ({ investigationId, round, preflights }) => {
    const scope = await record.scope(investigationId)
    const snapshot = engine.buildSnapshot(scope, await record.evidence(investigationId))
    const verdict = await record.verdict(investigationId)
    const choice = engine.chooseProposal({ snapshot, verdict })
    if (choice.missing.length > 0 && preflights < PREFLIGHTS) {
      const pending = await record.plan(investigationId, round + preflights + 1, choice.missing)
      if (pending.length > 0) return { pending, preflights: preflights + 1, actionState: null }
    }
    await record.tell(investigationId, {
      key: 'proposal',
      kind: choice.proposal ? 'proposal' : 'no-proposal',
      message: choice.message,
      data: choice.proposal
        ? {
            kind: choice.proposal.kind,
            method: choice.proposal.method,
            risk: choice.proposal.risk,
            target: choice.proposal.target,
            message: choice.proposal.message,
          }
        : {},
    })
    return { pending: [], actionState: choice.proposal ? 'chosen' : null }
  })
}
