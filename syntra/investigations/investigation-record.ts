import type { InvestigationRecord } from '@goalixa/agents/graphs/ports'
import { ExpectedError } from '@goalixa/chassis/errors'
import type { Pool } from '@goalixa/chassis/postgres'
import { appendEntries, type NewTimelineEntry } from '../incidents/timeline.repository.ts'
import type { SyntraMetrics } from '../telemetry/metrics.ts'
import { beginInvestigation } from './begin-investigation.ts'
import type { EvidenceRepository } from './evidence.repository.ts'
import { finishInvestigation } from './finish-investigation.ts'
import type { ScopeSettings } from './investigation-scope.ts'
import type { InvestigationsRepository } from './investigations.repository.ts'
import { readInvestigation } from './read-investigation.ts'

type Deps = {
  pool: Pool
  investigations: InvestigationsRepository
  evidence: EvidenceRepository
  metrics: Pick<SyntraMetrics, 'timeToVerdict'>
  writeReport: (investigationId: string) => Promise<{ json: unknown; markdown: string }>
  settings: ScopeSettings
  maxReads: number
  now: () => Date
}

/** The graph's memory in PostgreSQL. Every method may be repeated after a crash. */
export function createInvestigationRecord(deps: Deps): InvestigationRecord {
  const { pool, investigations, evidence, now } = deps
  return {
    async begin(id) {
      return beginInvestigation(pool, await find(id), deps.settings, now())
    },
    async scope(id) {
      const { scope } = await find(id)
      if (!scope) throw new Error(`investigation ${id} has not begun`)
      return scope
    },
    async request(id) {
      const { request, reason } = await find(id)
      return request ? reason : null
    },
    plan: (id, round, questions) => evidence.plan(id, round, questions, deps.maxReads),
    async question(id, questionId) {
      const planned = await evidence.planned(id, questionId)
      if (!planned) throw new Error(`question ${questionId} was never planned`)
      return planned.question
    },
    async evidence(id) {
      return (await evidence.list(id)).flatMap(({ answer }) => answer ?? [])
    },
    saveVerdict: investigations.saveVerdict,
    async verdict(id) {
      const { verdict } = await find(id)
      if (!verdict) throw new Error(`investigation ${id} has no verdict`)
      return verdict
    },
    async addEntry(id, entry) {
      const { incidentId } = await find(id)
      const ofInvestigation = {
        ...entry,
        key: `${id}/${entry.key}`,
        data: { ...entry.data, investigation: id },
      }
      await appendEntries(pool, [
        { ...ofInvestigation, incidentId, at: now().toISOString() } as NewTimelineEntry,
      ])
    },
    async report(id) {
      await investigations.saveReport(id, await deps.writeReport(id))
    },
    async remember(id) {
      await finishInvestigation(pool, id, now())
      const { startedAt, verdictAt, verdict } = await readInvestigation(pool, id)
      if (startedAt && verdictAt && verdict)
        deps.metrics.timeToVerdict.observe(
          { outcome: verdict.outcome },
          (Date.parse(verdictAt) - Date.parse(startedAt)) / 1000,
        )
    },
  }

  async function find(id: string) {
    const row = await investigations.find(id)
    if (!row) throw new ExpectedError('missing', 'NO_SUCH_INVESTIGATION', `There is no investigation ${id}.`)
    return row
  }
}
