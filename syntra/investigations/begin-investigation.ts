import { Scope } from '@goalixa/agents/snapshot/snapshot'
import { pluralize } from '@goalixa/chassis/pluralize'
import type { Pool } from '@goalixa/chassis/postgres'
import { lockAlerts } from '../alerts/lock-alerts.ts'
import { appendEntries } from '../incidents/timeline.repository.ts'
import { inFencedTransaction } from '../storage/fence.ts'
import { sanitizeForJsonb } from '../storage/sanitize-for-jsonb.ts'
import { investigationScope, type ScopeSettings } from './investigation-scope.ts'
import type { InvestigationRow } from './investigations.repository.ts'
import { markSeenAlerts, type UnseenAlert } from './mark-seen-alerts.ts'

/**
 * Fixes the scope of an investigation, the first time, and resolves with it. The alerts that its incident has at this moment, and
 * that the scope covers, count as seen; one that joins later does not, and gets another investigation.
 */
export async function beginInvestigation(
  pool: Pool,
  row: InvestigationRow,
  settings: ScopeSettings,
  now: Date,
): Promise<Scope> {
  if (row.scope) return row.scope
  return inFencedTransaction(pool, async client => {
    const known = await client.query('SELECT scope FROM investigations WHERE id = $1 FOR UPDATE', [row.id])
    // Another worker fixed it meanwhile; alerts that have joined since are not covered.
    if (known.rows[0]?.scope) return Scope.parse(known.rows[0].scope)
    // Read before the scope, so that an alert that joins in between counts as unseen, even if the scope covers it.
    const { rows: unseen } = await client.query<UnseenAlert>(
      'SELECT id, name FROM alerts WHERE incident_id = $1 AND seen_by IS NULL',
      [row.incidentId],
    )
    const scope = await investigationScope(client, row, settings)
    const { rows } = await client.query(
      `UPDATE investigations SET scope = $2, started_at = coalesce(started_at, clock_timestamp())
       WHERE id = $1 RETURNING scope`,
      [row.id, JSON.stringify(sanitizeForJsonb(scope))],
    )
    // Taken last, because deliveries wait for this lock. It only fixes the order of row locks.
    await lockAlerts(client)
    const left = await markSeenAlerts(client, row.id, unseen, scope)
    const leftNames = new Set(left.map(({ name }) => name)).size
    if (scope.alertsLeftOut)
      await appendEntries(client, [
        {
          incidentId: row.incidentId,
          key: `${row.id}/alerts-left-out`,
          kind: 'alerts-omitted',
          message: `The investigation covers ${scope.alerts.length} of ${scope.alerts.length + scope.alertsLeftOut} alerts: the most severe and newest of each name and service.${leftNames > 0 ? ` Alerts of ${pluralize(leftNames, 'more name')} are covered by the next one.` : ''}`,
          data: { investigation: row.id, omitted: scope.alertsLeftOut },
          at: now.toISOString(),
        },
      ])
    return Scope.parse(rows[0]?.scope)
  })
}
