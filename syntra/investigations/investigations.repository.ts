import { Verdict } from '@goalixa/agents/incident/verdict'
import { Scope, type Snapshot } from '@goalixa/agents/snapshot/snapshot'
import { digestOf } from '@goalixa/chassis/canonical-json'
import type { Pool } from '@goalixa/chassis/postgres'
import { inFencedTransaction } from '../storage/fence.ts'
import { sanitizeForJsonb } from '../storage/sanitize-for-jsonb.ts'
import type { InvestigationView } from './investigations.schema.ts'

export type InvestigationRow = {
  id: string
  incidentId: string
  state: InvestigationView['state']
  reason: string
  requestedBy: string
  generation: number
  scope: Scope | null
  verdict: Verdict | null
  verdictDigest: string | null
  verdictRound: number | null
  request: { namespace: string; service?: string; object?: { kind: string; name: string } } | null
  createdAt: Date
  evidenceRemovedAt: Date | null
}

/** The rows of investigations: every statement about them except those that start and list them. */
export function createInvestigationsRepository(pool: Pool) {
  return {
    async find(id: string): Promise<InvestigationRow | undefined> {
      const { rows } = await pool.query(
        `SELECT id, incident_id AS "incidentId", state, reason, requested_by AS "requestedBy", generation, scope,
                verdict, verdict_digest AS "verdictDigest", verdict_round AS "verdictRound", request, created_at AS "createdAt",
                evidence_removed_at AS "evidenceRemovedAt"
         FROM investigations WHERE id = $1`,
        [id],
      )
      const row = rows[0]
      if (!row) return undefined
      return {
        ...row,
        scope: row.scope && Scope.parse(row.scope),
        verdict: row.verdict && Verdict.parse(row.verdict),
      }
    },
    saveVerdict(id: string, round: number, verdict: Verdict, snapshot: Snapshot): Promise<void> {
      const stored = sanitizeForJsonb(verdict)
      return inFencedTransaction(pool, async client => {
        await client.query(
          `UPDATE investigations SET verdict = $2, verdict_digest = $3, verdict_round = $4,
             verdict_at = now(), moved_at = now()
           WHERE id = $1`,
          [id, JSON.stringify(stored), digestOf(stored), round],
        )
        const namespace = snapshot.scope.namespace
        // Labels from outside may be longer than an index allows, and then do not name services.
        const isName = (text: string) => Buffer.byteLength(text) <= 253
        const edges = snapshot.edges.filter(({ from, to }) => isName(from) && isName(to))
        if (namespace !== null && isName(namespace) && edges.length > 0)
          await client.query(
            `INSERT INTO dependencies (namespace, caller, callee, via)
             SELECT DISTINCT ON ("from", "to") $1, "from", "to", via
             FROM jsonb_to_recordset($2) AS edge("from" text, "to" text, via text)
             ON CONFLICT (namespace, caller, callee) DO UPDATE SET via = excluded.via, seen_at = now()`,
            [namespace, JSON.stringify(sanitizeForJsonb(edges))],
          )
      })
    },
    /** Sets another state unless the investigation has ended. */
    async setState(id: string, state: 'running' | 'waiting' | 'queued'): Promise<void> {
      await inFencedTransaction(pool, client =>
        client.query(
          `UPDATE investigations SET state = $2, moved_at = now() WHERE id = $1 AND state NOT IN ('done', 'failed')`,
          [id, state],
        ),
      )
    },
    async saveReport(id: string, report: { json: unknown; markdown: string }): Promise<void> {
      const values = [id, JSON.stringify(sanitizeForJsonb(report.json)), sanitizeForJsonb(report.markdown)]
      await inFencedTransaction(pool, client =>
        client.query('UPDATE investigations SET report = $2, report_markdown = $3 WHERE id = $1', values),
      )
    },
    async saveSpend(id: string, spend: unknown): Promise<void> {
      const values = [id, JSON.stringify(spend)]
      await inFencedTransaction(pool, client =>
        client.query('UPDATE investigations SET spend = $2 WHERE id = $1', values),
      )
    },
    async spend(id: string): Promise<unknown> {
      const { rows } = await pool.query('SELECT spend FROM investigations WHERE id = $1', [id])
      return rows[0]?.spend
    },
  }
}
export type InvestigationsRepository = ReturnType<typeof createInvestigationsRepository>
