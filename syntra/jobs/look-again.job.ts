import { inTransaction, type Pool } from '@goalixa/chassis/postgres'
import { startInvestigations } from '../investigations/start-investigations.ts'

/**
 * Starts another investigation for each open incident with an alert that fires on and that none has seen: it joined while
 * one was under way, and that one ended `quietSeconds` ago. Bounded, because each investigation sees all alerts of its
 * incident. Gives the number of incidents.
 */
export function lookAgain(pool: Pool, quietSeconds: number, now: Date): Promise<number> {
  return inTransaction(pool, async client => {
    // The lock of the webhook: a delivery in flight must not slip between the look and the start.
    await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('syntra:alerts', 0))`)
    const { rows } = await client.query<{ incident_id: string }>(
      `SELECT n.id AS incident_id FROM incidents n
       JOIN LATERAL (SELECT state, created_at, started_at, finished_at FROM investigations
                     WHERE incident_id = n.id ORDER BY created_at DESC LIMIT 1) last ON true
       WHERE n.state = 'open' AND last.state IN ('done', 'failed') AND last.finished_at < $1
         AND EXISTS (SELECT FROM alerts a WHERE a.incident_id = n.id AND a.status = 'firing'
                     AND a.received_at > coalesce(last.started_at, last.created_at))
       LIMIT 100`,
      [new Date(now.getTime() - quietSeconds * 1000)],
    )
    await startInvestigations(client, new Map(rows.map(row => [row.incident_id, now.toISOString()])), now)
    return rows.length
  })
}
