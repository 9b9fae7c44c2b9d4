import type { InvestigationRecord } from '@goalixa/agents/graphs/ports'
import { ExpectedError } from '@goalixa/chassis/errors'
import type { Pool } from '@goalixa/chassis/postgres'
import { appendEntries, type NewTimelineEntry } from '../incidents/timeline.repository.ts'
import { inFencedTransaction } from '../storage/fence.ts'
import type { SyntraMetrics } from '../telemetry/metrics.ts'
import { beginInvestigation } from './begin-investigation.ts'
import { finishInvestigation } from './finish-investigation.ts'
import type { ScopeSettings } from './investigation-scope.ts'
import type { InvestigationsRepository } from './investigations.repository.ts'
import { readInvestigation } from './read-investigation.ts'

type Deps = {
  pool: Pool
  investigations: InvestigationsRepository
  metrics: Pick<SyntraMetrics, 'timeToVerdict'>
  writeReport: (investigationId: string) => Promise<{ json: unknown; markdown: string }>
  settings: ScopeSettings
  now: () => Date
}

/** What an investigation leaves behind, in PostgreSQL. Every method may be repeated after a crash. */
export function createInvestigationRecord(deps: Deps): InvestigationRecord {
  const { pool, investigations, now } = deps
  return {
    async begin(id) {
      return beginInvestigation(pool, await find(id), deps.settings, now())
    },
    async load(id) {
      const { scope, request, reason, verdict } = await find(id)
      if (!scope) throw new Error(`Investigation ${id} has not begun.`)
      return { scope, request: request ? reason : null, verdict }
    },
    saveVerdict: investigations.saveVerdict,
    async addEntry(id, entry) {
      const { incidentId } = await find(id)
      const key = `${id}/${entry.key}`
      const data = { ...entry.data, investigation: id }
      const written = { ...entry, key, data, incidentId, at: now().toISOString() } as NewTimelineEntry
      // The first entry under a key stays: it must not be that of a worker that has been replaced.
      await inFencedTransaction(pool, client => appendEntries(client, [written]))
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
