import { LRUCache } from 'lru-cache'
import limitParallel from 'p-limit'
import type { Choice } from '../devops/choice.ts'
import type { Diagnosis } from '../incident/diagnose.ts'
import type { Verdict } from '../incident/verdict.ts'
import type { InvestigationState } from './investigation-state.ts'
import type { InvestigationDeps } from './ports.ts'

type Deps = Pick<InvestigationDeps, 'engine' | 'record' | 'evidence'>
type Thread = Pick<InvestigationState, 'investigationId' | 'evidence'>
type Decision = { verdict: Verdict; choice: Choice }
type Conclusions = { basis: string; diagnosis: Diagnosis; decision?: Decision }

/** Threads whose conclusions are kept in memory while they run: each holds all that its thread has read. */
const MAX_THREADS = 16
// A thread that lost its lease continues in another process, which does not call `forget` here.
const TTL_MS = 300_000
/** Threads whose evidence is loaded at the same time. */
const PARALLEL_LOADS = 2

/**
 * What follows from the evidence of a thread. It is concluded once for each set of evidence and passed from node to node of
 * this process, because the state holds references only. Another process concludes the same from the same evidence.
 */
export function createConclusions({ engine, record, evidence }: Deps) {
  const latest = new LRUCache<string, Conclusions>({ max: MAX_THREADS, ttl: TTL_MS, ttlAutopurge: true })
  const limit = limitParallel(PARALLEL_LOADS)
  return {
    diagnosisOf: async (thread: Thread): Promise<Diagnosis> => (await conclude(thread)).diagnosis,
    /** What to do about the verdict of the last round, which people have seen. */
    async decisionOf(thread: Thread): Promise<Decision> {
      const conclusions = await conclude(thread)
      conclusions.decision ??= await decide(thread, conclusions.diagnosis)
      return conclusions.decision
    },
    /** Call it when the thread no longer needs its conclusions, or not for a long time. */
    forget: (investigationId: string) => void latest.delete(investigationId),
  }

  async function conclude({ investigationId, evidence: ids }: Thread): Promise<Conclusions> {
    const basis = ids.join(' ')
    const known = latest.get(investigationId)
    if (known?.basis === basis) return known
    // Conclusions from less evidence are obsolete, and would stay in memory next to the new ones.
    latest.delete(investigationId)
    const diagnosis = await limit(async () => {
      const { scope } = await record.load(investigationId)
      return engine.diagnose(engine.buildView(scope, await evidence.answers(investigationId)))
    })
    const conclusions: Conclusions = { basis, diagnosis }
    latest.set(investigationId, conclusions)
    return conclusions
  }

  async function decide({ investigationId }: Thread, diagnosis: Diagnosis): Promise<Decision> {
    const { verdict } = await record.load(investigationId)
    if (verdict === null) throw new Error(`Investigation ${investigationId} has no verdict.`)
    return { verdict, choice: engine.chooseProposal({ diagnosis, verdict }) }
  }
}
export type ThreadConclusions = ReturnType<typeof createConclusions>
