import type { Choice } from '../../devops/choice.ts'
import type { Verdict } from '../../incident/verdict.ts'
import type { ThreadConclusions } from '../create-conclusions.ts'
import { defineNode } from '../define-node.ts'
import type { InvestigationDeps } from '../ports.ts'

const MAX_PREFLIGHTS = 2

/** Chooses a remedy for the verdict, or the reads without which none can be chosen. */
export function propose(deps: InvestigationDeps, conclusions: ThreadConclusions) {
  const { evidence, record } = deps
  return defineNode(deps, 'propose', async state => {
    const { investigationId, round, preflights } = state
    const { verdict, choice } = await conclusions.decisionOf(state)
    if (choice.missing.length > 0 && preflights < MAX_PREFLIGHTS) {
      const pending = await evidence.plan(investigationId, round + preflights + 1, choice.missing)
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
