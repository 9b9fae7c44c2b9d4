import { Verdict } from '@goalixa/agents/incident/verdict'
import { presentationOf, TimelineKind } from '@goalixa/agents/report/timeline-kinds'
import { Scope } from '@goalixa/agents/snapshot/snapshot'
import type { Pool } from '@goalixa/chassis/postgres'
import { z } from 'zod'
import { ActionView } from '../actions/actions.schema.ts'
import { readAction } from '../actions/read-action.ts'
import { createEntryFilter } from '../incidents/entry-filter.ts'
import { upgradeEntry } from '../incidents/timeline.repository.ts'
import type { EvidenceRepository } from './evidence.repository.ts'
import { readInvestigation } from './read-investigation.ts'

/** What a report is written from; also the report as JSON. */
export const ReportFacts = z.object({
  incident: z.object({ id: z.string(), title: z.string(), severity: z.string(), openedAt: z.string() }),
  investigation: z.object({
    id: z.string(),
    reason: z.string(),
    requestedBy: z.string(),
    startedAt: z.string(),
  }),
  scope: Scope,
  verdict: Verdict,
  action: ActionView.nullable(),
  evidence: z.array(
    z.object({
      id: z.string(),
      tool: z.string(),
      why: z.string(),
      at: z.string(),
      outcome: z.enum(['read', 'unread']),
      reason: z.string().nullable(),
    }),
  ),
  timeline: z.array(z.object({ at: z.string(), kind: TimelineKind, message: z.string() })),
  /** The narrative of a language model, sentence by sentence with what each cites; absent without a model. */
  story: z.array(z.object({ message: z.string(), evidence: z.array(z.string()) })).optional(),
})
export type ReportFacts = z.infer<typeof ReportFacts>

const MAX_EVIDENCE = 10_000

/** Gathers what is recorded of an investigation that has a verdict. */
export async function reportFacts(
  pool: Pool,
  evidence: EvidenceRepository,
  id: string,
): Promise<ReportFacts> {
  const investigation = await readInvestigation(pool, id)
  const { rows } = await pool.query('SELECT id, title, severity, opened_at FROM incidents WHERE id = $1', [
    investigation.incidentId,
  ])
  const timeline = await pool.query(
    `SELECT at, kind, message, data FROM timeline WHERE incident_id = $1 AND kind <> ALL($2)
     ORDER BY id LIMIT 500`,
    [investigation.incidentId, TimelineKind.options.filter(kind => !presentationOf(kind).isInReport)],
  )
  const heads = await evidence.heads(id, { after: 0, limit: MAX_EVIDENCE })
  return ReportFacts.parse({
    incident: { ...rows[0], openedAt: rows[0].opened_at.toISOString() },
    investigation: { ...investigation, startedAt: investigation.startedAt ?? investigation.createdAt },
    scope: investigation.scope,
    verdict: investigation.verdict,
    action: investigation.actionId && (await readAction(pool, investigation.actionId)),
    evidence: heads.flatMap(({ question, answer }) =>
      answer === null
        ? []
        : [
            {
              id: answer.id,
              tool: question.tool,
              why: question.why,
              at: answer.at,
              outcome: answer.outcome,
              reason: answer.reason?.message ?? null,
            },
          ],
    ),
    timeline: timeline.rows
      .map(row => ({ at: row.at.toISOString(), kind: upgradeEntry(row).kind, message: row.message }))
      .filter(createEntryFilter('report')),
  })
}
