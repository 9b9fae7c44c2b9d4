import { ExpectedError } from '@goalixa/chassis/errors'
import type { Pool } from '@goalixa/chassis/postgres'
import type { IncidentQuery, IncidentSummary, IncidentView } from './incidents.schema.ts'

/** Reads incidents, newest first. */
export function createIncidentsRepository(pool: Pool) {
  return {
    async list({ state, namespace, service, cluster, severity, limit, after }: IncidentQuery) {
      const { rows } = await pool.query(
        `${SUMMARY}
         WHERE ($1::text IS NULL OR i.state = $1) AND ($2::text IS NULL OR i.namespace = $2)
           AND ($3::text IS NULL OR i.service = $3) AND ($4::text IS NULL OR i.severity = $4)
           AND ($5::uuid IS NULL OR (i.opened_at, i.id) < (SELECT opened_at, id FROM incidents WHERE id = $5))
           AND ($7::text IS NULL OR i.cluster = $7)
         ORDER BY i.opened_at DESC, i.id DESC LIMIT $6`,
        [state, namespace, service, severity, after, limit + 1, cluster],
      )
      const incidents = rows.slice(0, limit).map(toSummary)
      return { incidents, next: rows.length > limit ? (incidents.at(-1)?.id ?? null) : null }
    },
    /** Throws `missing` NO_SUCH_INCIDENT. */
    async find(id: string): Promise<IncidentView> {
      const { rows } = await pool.query(`${SUMMARY} WHERE i.id = $1`, [id])
      if (!rows[0]) throw noSuchIncident(id)
      const summary = toSummary(rows[0])
      const [alerts, investigations, earlier] = await Promise.all([
        pool.query('SELECT * FROM alerts WHERE incident_id = $1 ORDER BY starts_at, id LIMIT 500', [id]),
        pool.query(
          `SELECT v.id, v.state, v.outcome, v.created_at, v.finished_at, a.id AS action_id, a.state AS action_state
           FROM investigations v LEFT JOIN actions a ON a.investigation_id = v.id
           WHERE v.incident_id = $1 ORDER BY v.created_at, v.id`,
          [id],
        ),
        pool.query(
          `SELECT incident_id, at, cause_message, remedy, outcome FROM memories
           WHERE namespace IS NOT DISTINCT FROM $2 AND service IS NOT DISTINCT FROM $3 AND incident_id <> $1
           ORDER BY at DESC LIMIT 5`,
          [id, summary.namespace, summary.service],
        ),
      ])
      return {
        ...summary,
        alertList: alerts.rows.map(row => ({
          id: row.id,
          name: row.name,
          status: row.status,
          labels: row.labels,
          annotations: row.annotations,
          startsAt: row.starts_at.toISOString(),
          endsAt: iso(row.ends_at),
          deliveries: row.deliveries,
        })),
        investigations: investigations.rows.map(row => ({
          id: row.id,
          state: row.state,
          outcome: row.outcome,
          createdAt: row.created_at.toISOString(),
          finishedAt: iso(row.finished_at),
          actionId: row.action_id,
          actionState: row.action_state,
        })),
        earlier: earlier.rows.map(row => ({
          incidentId: row.incident_id,
          at: row.at.toISOString(),
          cause: row.cause_message,
          remedy: row.remedy,
          outcome: row.outcome,
        })),
      }
    },
    /** Throws `missing` NO_SUCH_INCIDENT. */
    async mustExist(id: string): Promise<void> {
      const { rowCount } = await pool.query('SELECT FROM incidents WHERE id = $1', [id])
      if (rowCount === 0) throw noSuchIncident(id)
    },
    /** The newest report of an incident. Throws `missing` NO_SUCH_INCIDENT or NO_REPORT_YET. */
    async report(id: string): Promise<{ json: Record<string, unknown>; markdown: string }> {
      await this.mustExist(id)
      const { rows } = await pool.query(
        `SELECT report AS json, report_markdown AS markdown FROM investigations
         WHERE incident_id = $1 AND report IS NOT NULL ORDER BY created_at DESC LIMIT 1`,
        [id],
      )
      if (!rows[0]) throw new ExpectedError('missing', 'NO_REPORT_YET', `Incident ${id} has no report yet.`)
      return rows[0]
    },
  }
}
export type IncidentsRepository = ReturnType<typeof createIncidentsRepository>

const SUMMARY = `
  SELECT i.*,
    (SELECT count(*)::int FROM alerts WHERE incident_id = i.id AND status = 'firing') AS firing,
    (SELECT count(*)::int FROM alerts WHERE incident_id = i.id AND status = 'resolved') AS resolved,
    v.id AS investigation_id, v.state AS investigation_state, v.outcome AS investigation_outcome,
    v.verdict->>'message' AS verdict_message, a.id AS action_id, a.state AS action_state, a.risk
  FROM incidents i
  LEFT JOIN LATERAL (SELECT * FROM investigations WHERE incident_id = i.id ORDER BY created_at DESC LIMIT 1) v ON true
  LEFT JOIN LATERAL (SELECT * FROM actions WHERE incident_id = i.id
                     -- What waits for a person is shown, whatever was proposed since.
                     ORDER BY state = 'awaiting-approval' DESC, created_at DESC LIMIT 1) a ON true`

// biome-ignore lint/suspicious/noExplicitAny: a row of the statement above
function toSummary(row: any): IncidentSummary {
  return {
    id: row.id,
    state: row.state,
    title: row.title,
    severity: row.severity,
    namespace: row.namespace,
    service: row.service,
    object: row.object_kind && { kind: row.object_kind, name: row.object_name },
    cluster: row.cluster,
    openedAt: row.opened_at.toISOString(),
    activeAt: row.active_at.toISOString(),
    resolvedAt: iso(row.resolved_at),
    closedAt: iso(row.closed_at),
    alerts: { firing: row.firing, resolved: row.resolved },
    investigation: row.investigation_id && {
      id: row.investigation_id,
      state: row.investigation_state,
      outcome: row.investigation_outcome,
      message: row.verdict_message,
    },
    action: row.action_id && { id: row.action_id, state: row.action_state, risk: row.risk },
  }
}

function iso(time: Date | null): string | null {
  return time?.toISOString() ?? null
}

function noSuchIncident(id: string) {
  return new ExpectedError('missing', 'NO_SUCH_INCIDENT', `There is no incident ${id}.`)
}
