import { About } from '@goalixa/agents/snapshot/snapshot'
import { inTransaction, type Pool } from '@goalixa/chassis/postgres'
import { lockAlerts } from '../alerts/lock-alerts.ts'
import { appendLines } from '../incidents/timeline.repository.ts'
import { storableJson } from '../storage/sanitize-for-jsonb.ts'
import { aboutOf } from './investigation-scope.ts'
import type { InvestigationRow } from './investigations.repository.ts'

/**
 * Fixes what an investigation is about, the first time, and gives what was fixed then. The alerts that its incident has in
 * this moment count as seen; one that joins later does not, and is looked into by another investigation.
 */
export async function beginInvestigation(
  pool: Pool,
  row: InvestigationRow,
  { timeScale, now }: { timeScale: number; now: Date },
): Promise<About> {
  if (row.about) return row.about
  return inTransaction(pool, async client => {
    await lockAlerts(client)
    const about = await aboutOf(client, row, timeScale)
    const { rows } = await client.query(
      `UPDATE investigations SET about = coalesce(about, $2), started_at = coalesce(started_at, clock_timestamp())
       WHERE id = $1 RETURNING about`,
      [row.id, JSON.stringify(storableJson(about))],
    )
    await client.query('UPDATE alerts SET seen_by = $1 WHERE incident_id = $2 AND seen_by IS NULL', [
      row.id,
      row.incidentId,
    ])
    if (about.alertsLeftOut)
      await appendLines(client, [
        {
          incidentId: row.incidentId,
          key: `${row.id}/alerts-left-out`,
          kind: 'alerts-left-out',
          says: `The incident has ${about.alerts.length + about.alertsLeftOut} alerts: the newest of each name and service are looked at, ${about.alertsLeftOut} left out.`,
          data: { investigation: row.id, leftOut: about.alertsLeftOut },
          at: now.toISOString(),
        },
      ])
    return About.parse(rows[0]?.about)
  })
}
