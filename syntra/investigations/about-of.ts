import type { About } from '@goalixa/agents/incident/snapshot'
import type { Pool } from '@goalixa/chassis/postgres'
import type { InvestigationRow } from './investigations.repository.ts'

/** What an investigation is about: the alerts its incident has now and the place they speak of, or what a person named. */
export async function aboutOf(pool: Pool, row: InvestigationRow, timeScale: number): Promise<About> {
  const { rows } = await pool.query(
    `SELECT a.name, a.status, a.labels, a.annotations, a.starts_at, a.ends_at, i.namespace, i.service
     FROM incidents i LEFT JOIN alerts a ON a.incident_id = i.id
     WHERE i.id = $1 ORDER BY a.status, a.starts_at, a.id LIMIT 50`,
    [row.incidentId],
  )
  const alerts = rows
    .filter(alert => alert.name !== null)
    .map(alert => ({
      name: alert.name,
      status: alert.status,
      labels: alert.labels,
      annotations: alert.annotations,
      startsAt: alert.starts_at.toISOString(),
      endsAt: alert.ends_at?.toISOString() ?? null,
    }))
  const starts = alerts.map(alert => alert.startsAt).toSorted()
  return {
    alerts,
    namespace: row.request?.namespace ?? rows[0]?.namespace ?? null,
    service: row.request ? (row.request.service ?? null) : (rows[0]?.service ?? null),
    object: row.request?.object ?? null,
    since: starts[0] ?? row.createdAt.toISOString(),
    timeScale,
  }
}
