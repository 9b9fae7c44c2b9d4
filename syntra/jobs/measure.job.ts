import type { Pool } from '@goalixa/chassis/postgres'
import type { SyntraMetrics } from '../telemetry/metrics.ts'

const STATES = ['queued', 'running', 'waiting', 'failed']

/** Sets the gauges whose values are in the database. */
export async function measure(pool: Pool, metrics: SyntraMetrics): Promise<void> {
  const { rows } = await pool.query(
    `SELECT
       (SELECT count(*)::int FROM actions WHERE state = 'awaiting-approval') AS approvals,
       (SELECT coalesce(extract(epoch FROM now() - min(created_at)), 0)::float FROM actions
        WHERE state = 'awaiting-approval') AS oldest,
       (SELECT coalesce(extract(epoch FROM now() - min(decided_at)), 0)::float FROM actions
        WHERE state = 'approved') AS approved,
       (SELECT count(*)::int FROM incidents WHERE storm_label IS NOT NULL AND state = 'open') AS storms,
       (SELECT count(*)::int FROM outbox) AS outbox,
       (SELECT coalesce(extract(epoch FROM now() - min(created_at)), 0)::float FROM outbox) AS lag`,
  )
  metrics.approvalsWaiting.set(rows[0].approvals)
  metrics.approvalsOldest.set(rows[0].oldest)
  metrics.actionStartLongestWait.set(rows[0].approved)
  metrics.storms.set(rows[0].storms)
  metrics.outboxRows.set(rows[0].outbox)
  metrics.outboxLag.set(rows[0].lag)
  const counts = await pool.query<{ state: string; count: number }>(
    `SELECT state, count(*)::int FROM investigations
     WHERE state IN ('queued', 'running', 'waiting') OR (state = 'failed' AND finished_at > now() - interval '1 day')
     GROUP BY state`,
  )
  for (const state of STATES)
    metrics.investigations.set({ state }, counts.rows.find(row => row.state === state)?.count ?? 0)
}
