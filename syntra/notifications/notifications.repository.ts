import { presentationOf } from '@goalixa/agents/report/timeline-kinds'
import type { Pool } from '@goalixa/chassis/postgres'
import { upgradeEntry } from '../incidents/timeline.repository.ts'
import type { Notification } from './notification.ts'

export type PendingNotification = {
  notification: Notification
  /** The sinks that have it already. */
  deliveredTo: string[]
  attempts: number
  createdAt: Date
}

/**
 * Leases notifications that are due, the oldest of each incident only, so that an incident's arrive in order. Until
 * `leasedUntil` no other worker takes them.
 */
export async function leaseNotifications(
  pool: Pool,
  { now, leasedUntil, limit }: { now: Date; leasedUntil: Date; limit: number },
): Promise<PendingNotification[]> {
  const { rows } = await pool.query(
    `WITH due AS (
       SELECT pending.timeline_id FROM notifications pending
         JOIN (SELECT min(timeline_id) AS timeline_id FROM notifications GROUP BY incident_id) oldest
           USING (timeline_id)
       WHERE pending.next_attempt_at <= $1
       ORDER BY pending.timeline_id LIMIT $3 FOR UPDATE OF pending SKIP LOCKED),
     leased AS (
       UPDATE notifications SET next_attempt_at = $2, attempts = attempts + 1
       WHERE timeline_id IN (SELECT timeline_id FROM due) RETURNING *)
     SELECT entry.id::text, entry.at, entry.kind, entry.message, entry.data,
            leased.delivered_to, leased.attempts, leased.created_at,
            incident.id AS incident_id, incident.title, incident.state, incident.severity,
            incident.namespace, incident.service, incident.cluster
     FROM leased JOIN timeline entry ON entry.id = leased.timeline_id
       JOIN incidents incident ON incident.id = leased.incident_id
     ORDER BY entry.id`,
    [now, leasedUntil, limit],
  )
  return rows.map(row => {
    const { kind, data } = upgradeEntry(row)
    const { severity, title } = presentationOf(kind)
    return {
      notification: {
        id: row.id,
        at: row.at.toISOString(),
        kind,
        severity,
        title,
        message: row.message,
        data,
        incident: {
          id: row.incident_id,
          title: row.title,
          state: row.state,
          severity: row.severity,
          namespace: row.namespace,
          service: row.service,
          cluster: row.cluster,
        },
      },
      deliveredTo: row.delivered_to,
      attempts: row.attempts,
      createdAt: row.created_at,
    }
  })
}

/** Keeps a notification for another attempt, for the sinks that do not have it yet. */
export async function postponeNotification(
  pool: Pool,
  id: string,
  { deliveredTo, nextAttemptAt }: { deliveredTo: string[]; nextAttemptAt: Date },
): Promise<void> {
  await pool.query(
    'UPDATE notifications SET delivered_to = $2, next_attempt_at = $3 WHERE timeline_id = $1',
    [id, deliveredTo, nextAttemptAt],
  )
}

export async function deleteNotification(pool: Pool, id: string): Promise<void> {
  await pool.query('DELETE FROM notifications WHERE timeline_id = $1', [id])
}

/**
 * For an installation without sinks: an old incident is not announced once one is configured. Recent ones stay, for the
 * workers that have a sink while another worker does not yet.
 */
export async function deleteOldNotifications(pool: Pool): Promise<void> {
  await pool.query(`DELETE FROM notifications WHERE created_at < now() - interval '10 minutes'`)
}
