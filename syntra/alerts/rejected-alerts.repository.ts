import type { Pool } from '@goalixa/chassis/postgres'
import type { RejectedAlerts } from './alerts.schema.ts'
import type { RejectedAlert } from './rejected-alert.ts'

/** Stores rejected alerts, each kind once, for 30 days after its last delivery. */
export function createRejectedAlertsRepository(pool: Pool) {
  return {
    async keep(refused: RejectedAlert[], now: Date): Promise<void> {
      if (refused.length === 0) return
      // In the order of their ids, so that two deliveries of the same alerts cannot deadlock.
      await pool.query(
        `WITH gone AS (DELETE FROM rejected_alerts WHERE last_at < $2::timestamptz - interval '30 days')
         INSERT INTO rejected_alerts (id, labels, fields, deliveries, first_at, last_at)
         SELECT id, (array_agg(labels))[1], (array_agg(fields))[1], count(*), $2, $2
         FROM jsonb_to_recordset($1) AS row(id text, labels jsonb, fields jsonb) GROUP BY id ORDER BY id
         ON CONFLICT (id) DO UPDATE
         SET deliveries = rejected_alerts.deliveries + excluded.deliveries, last_at = excluded.last_at`,
        [JSON.stringify(refused), now],
      )
    },
    /** The newest hundred. */
    async list(): Promise<RejectedAlerts> {
      const { rows } = await pool.query('SELECT * FROM rejected_alerts ORDER BY last_at DESC, id LIMIT 100')
      return {
        refused: rows.map(row => ({
          labels: row.labels,
          fields: row.fields,
          deliveries: row.deliveries,
          firstAt: row.first_at.toISOString(),
          lastAt: row.last_at.toISOString(),
        })),
      }
    },
  }
}
export type RejectedAlertsRepository = ReturnType<typeof createRejectedAlertsRepository>
