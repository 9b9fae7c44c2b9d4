import { inTransaction, type Pool } from '@goalixa/chassis/postgres'
import { appendEntries } from '../incidents/timeline.repository.ts'

/** Closes incidents that have been resolved for long enough and have no open investigation. Returns their ids. */
export function closeIncidents(pool: Pool, closeSeconds: number, now: Date): Promise<string[]> {
  return inTransaction(pool, async client => {
    const { rows } = await client.query<{ id: string }>(
      `UPDATE incidents SET state = 'closed', closed_at = $1 WHERE id IN (
         SELECT id FROM incidents WHERE state = 'resolved' AND active_at < $2
           AND NOT EXISTS (SELECT FROM investigations
                           WHERE incident_id = incidents.id AND state IN ('queued', 'running', 'waiting'))
         ORDER BY active_at LIMIT 100 FOR UPDATE SKIP LOCKED)
       RETURNING id`,
      [now, new Date(now.getTime() - closeSeconds * 1000)],
    )
    await appendEntries(
      client,
      rows.map(({ id }) => ({
        incidentId: id,
        key: `closed/${now.toISOString()}`,
        kind: 'incident-closed',
        message: 'No alert fired again: the incident is closed.',
        at: now.toISOString(),
      })),
    )
    return rows.map(({ id }) => id)
  })
}
