import type { Choice } from '../../devops/choice.ts'
import type { Verdict } from '../../incident/verdict.ts'
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
    await record.addEntry(investigationId, {
      key: 'proposal',
      message: choice.message,
      ...entryOf(choice, verdict),
    })
    return { pending: [], actionState: choice.proposal ? 'chosen' : null }
  })
}

function entryOf({ proposal }: Choice, { outcome }: Verdict) {
  if (proposal === null)
    return { kind: outcome === 'no-fault' ? ('no-action-needed' as const) : ('no-proposal' as const) }
  const { kind, method, risk, target, message, classification } = proposal
  return { kind: 'proposal' as const, data: { kind, method, risk, target, message, classification } }
}
