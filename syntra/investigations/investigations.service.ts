import type { Engine } from '@goalixa/agents/graphs/ports'
import type { SnapshotView } from '@goalixa/agents/snapshot/index-snapshot'
import type { Snapshot } from '@goalixa/agents/snapshot/snapshot'
import { digestOf } from '@goalixa/chassis/canonical-json'
import { ExpectedError } from '@goalixa/chassis/errors'
import { inTransaction, type Pool } from '@goalixa/chassis/postgres'
import { sanitizeForJsonb } from '../storage/sanitize-for-jsonb.ts'
import type { EvidenceRepository } from './evidence.repository.ts'
import { hasSameConclusions } from './has-same-conclusions.ts'
import type { InvestigationsRepository } from './investigations.repository.ts'
import type { ReplayResult, StartInvestigation } from './investigations.schema.ts'
import { startFromRequest } from './start-from-request.ts'

type Deps = {
  pool: Pool
  investigations: InvestigationsRepository
  evidence: EvidenceRepository
  engine: Pick<Engine, 'buildView' | 'diagnose'>
  now: () => Date
}

/** Investigations that people start, and what can be done with stored ones. */
export function createInvestigationsService({ pool, investigations, evidence, engine, now }: Deps) {
  return {
    /** Starts what a person asked for: in the open incident of the service if there is one, else in a new one. */
    start: (request: StartInvestigation, requestedBy: string) =>
      inTransaction(pool, client => startFromRequest(client, request, requestedBy, now())),
    /** What the verdict rests on. Throws `conflict` NOT_BEGUN or EVIDENCE_REMOVED. */
    snapshot: async (id: string): Promise<Snapshot> => (await viewOf(id)).snapshot,
    /** Diagnoses the stored evidence again and compares the verdicts. */
    async replay(id: string): Promise<ReplayResult> {
      const { verdict: stored, verdictDigest: storedDigest } = await find(id)
      const replayed = sanitizeForJsonb(engine.diagnose(await viewOf(id)).verdict)
      const replayedDigest = digestOf(replayed)
      const same =
        storedDigest === replayedDigest || (stored !== null && hasSameConclusions(stored, replayed))
      return { same, storedDigest, replayedDigest, stored, replayed }
    },
  }

  async function viewOf(id: string): Promise<SnapshotView> {
    const { scope, verdictRound, evidenceRemovedAt } = await find(id)
    if (!scope) throw new ExpectedError('conflict', 'NOT_BEGUN', `Investigation ${id} has not begun yet.`)
    if (evidenceRemovedAt)
      throw new ExpectedError(
        'conflict',
        'EVIDENCE_REMOVED',
        `The evidence of investigation ${id} passed its retention and was removed at ${evidenceRemovedAt.toISOString()}; it cannot be analysed again. Its verdict, report and timeline are kept.`,
      )
    return engine.buildView(scope, await evidence.answers(id, verdictRound))
  }

  async function find(id: string) {
    const row = await investigations.find(id)
    if (!row) throw new ExpectedError('missing', 'NO_SUCH_INVESTIGATION', `There is no investigation ${id}.`)
    return row
  }
}
export type InvestigationsService = ReturnType<typeof createInvestigationsService>
