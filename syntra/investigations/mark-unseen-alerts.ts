import type { Client } from '@goalixa/chassis/postgres'
import { lockAlerts } from '../alerts/lock-alerts.ts'

/**
 * Marks the alerts as unseen again that this investigation has seen, or one that it continues after drift, so that another
 * investigation follows if one of them is still firing. Call it in a transaction of its own: it takes the lock of alerts.
 */
export async function markUnseenAlerts(client: Client, investigationId: string): Promise<void> {
  await lockAlerts(client)
  await client.query(
    `WITH RECURSIVE continued AS (
       SELECT id, supersedes FROM investigations WHERE id = $1
       UNION SELECT i.id, i.supersedes FROM investigations i JOIN continued ON i.id = continued.supersedes)
     UPDATE alerts SET seen_by = NULL WHERE seen_by IN (SELECT id FROM continued)`,
    [investigationId],
  )
}
