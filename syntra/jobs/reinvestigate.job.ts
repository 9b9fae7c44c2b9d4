import { inTransaction, type Pool } from '@goalixa/chassis/postgres'
import { lockAlerts } from '../alerts/lock-alerts.ts'
import { startInvestigations } from '../investigations/start-investigations.ts'

/**
 * Starts another investigation for each open incident with a firing alert that no investigation has covered: it joined while
 * one was under way, and that one ended `quietSeconds` ago. This is bounded, because each investigation covers all alerts of its
 * incident. Returns the number of incidents.
 */
export function reinvestigate(pool: Pool, quietSeconds: number, now: Date): Promise<number> {
  return inTransaction(pool, async client => {
    await lockAlerts(client)
    const { rows } = await client.query<{ incident_id: string }>(
      `SELECT n.id AS incident_id FROM incidents n
       JOIN LATERAL (SELECT state, started_at, finished_at FROM investigations
                     WHERE incident_id = n.id ORDER BY created_at DESC LIMIT 1) last ON true
       WHERE n.state = 'open' AND last.state IN ('done', 'failed') AND last.finished_at < $1
         -- One that failed before it saw any alert would fail again: a person was told.
         AND last.started_at IS NOT NULL
         AND EXISTS (SELECT FROM alerts a WHERE a.incident_id = n.id AND a.status = 'firing' AND a.seen_by IS NULL)
       LIMIT 100`,
      [new Date(now.getTime() - quietSeconds * 1000)],
    )
    await startInvestigations(client, new Map(rows.map(row => [row.incident_id, now.toISOString()])), now)
    return rows.length
  })
}
