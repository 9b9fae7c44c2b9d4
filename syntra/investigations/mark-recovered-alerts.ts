import { isIdentifiedBy } from '@goalixa/agents/devops/verification/alert-identity'
import { parseStoredProposal } from '@goalixa/agents/legacy/parse-stored-proposal'
import type { Client } from '@goalixa/chassis/postgres'

/**
 * After an action whose recovery was verified: alerts that joined before its last check began, and that the check saw no longer
 * firing, count as seen by this investigation, although Alertmanager has not reported them as resolved yet.
 * The caller holds the lock of alerts.
 */
export async function markRecoveredAlerts(client: Client, investigationId: string): Promise<void> {
  const { rows } = await client.query(
    `SELECT a.id, a.labels, x.proposal
     FROM actions x JOIN alerts a ON a.incident_id = x.incident_id
     WHERE x.investigation_id = $1 AND x.state = 'succeeded' AND x.verification->>'result' = 'recovered'
       AND a.seen_by IS NULL AND a.status = 'firing'
       AND a.received_at <= coalesce(x.verification->>'lastBegunAt', x.verification->>'lastAt')::timestamptz`,
    [investigationId],
  )
  if (rows.length === 0) return
  const { recovered } = parseStoredProposal(rows[0].proposal).verification
  const recoveredAlerts = recovered.flatMap(predicate =>
    predicate.kind === 'alert-not-firing' ? [predicate.alert] : [],
  )
  const seen = rows.filter(({ labels }) => recoveredAlerts.some(alert => isIdentifiedBy(alert, labels)))
  await client.query('UPDATE alerts SET seen_by = $1 WHERE id = ANY($2)', [
    investigationId,
    seen.map(({ id }) => id),
  ])
}
