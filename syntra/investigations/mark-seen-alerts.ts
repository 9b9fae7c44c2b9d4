import type { Scope } from '@goalixa/agents/snapshot/snapshot'
import type { Client } from '@goalixa/chassis/postgres'

export type UnseenAlert = { id: string; name: string }

/**
 * Marks the alerts that the scope covers as seen, and returns the others: an alert counts as seen once an
 * investigation has read it, or an alert of the same name with it. A name that the scope has no room for stays unseen, and the next
 * investigation begins with it. The caller has read `unseen` before the scope, in this transaction, and holds the lock of alerts.
 */
export async function markSeenAlerts(
  client: Client,
  investigationId: string,
  unseen: UnseenAlert[],
  scope: Pick<Scope, 'alerts'>,
): Promise<UnseenAlert[]> {
  const names = new Set(scope.alerts.map(({ name }) => name))
  const seen = unseen.filter(({ name }) => names.has(name))
  await client.query('UPDATE alerts SET seen_by = $1 WHERE id = ANY($2) AND seen_by IS NULL', [
    investigationId,
    seen.map(({ id }) => id),
  ])
  return unseen.filter(({ name }) => !names.has(name))
}
