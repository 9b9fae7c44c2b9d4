import { defineNode } from '../define-node.ts'
import type { InvestigationDeps } from '../ports.ts'

/** Turns what was read into a verdict. */
export function diagnose(deps: InvestigationDeps) {
  const { engine, record } = deps
  return defineNode(deps, 'diagnose', async ({ investigationId, round }) => {
    const scope = await record.scope(investigationId)
    const snapshot = engine.buildSnapshot(scope, await record.evidence(investigationId))
    const { verdict } = engine.diagnose(snapshot)
    await record.saveVerdict(investigationId, round, verdict, snapshot)
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
