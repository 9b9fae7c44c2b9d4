import type { ThreadConclusions } from '../create-conclusions.ts'
import { defineNode } from '../define-node.ts'
import type { InvestigationDeps } from '../ports.ts'

/** Turns what was read so far into the verdict of this round. */
export function diagnoseRound(deps: InvestigationDeps, conclusions: ThreadConclusions) {
  const { record } = deps
  return defineNode(deps, 'diagnose', async state => {
    const { investigationId, round } = state
    const { verdict, view } = await conclusions.diagnosisOf(state)
    await record.saveVerdict(investigationId, round, verdict, view.snapshot)
    const [cause] = verdict.causes
    await record.addEntry(investigationId, {
      key: `verdict/${round}`,
      kind: 'verdict',
      message: verdict.message,
      data: {
        round,
        outcome: verdict.outcome,
        cause: cause && { code: cause.code, subject: cause.subject, confidence: cause.confidence },
        couldNotRead: verdict.unread.length,
      },
    })
    return { outcome: verdict.outcome, pending: [] }
  })
}
