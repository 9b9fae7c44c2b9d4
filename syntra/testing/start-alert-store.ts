import { migrate } from '@goalixa/chassis/migrate'
import { createPool } from '@goalixa/chassis/postgres'
import { startPostgres } from '@goalixa/chassis/testing/start-postgres'
import { type Alert, alertOf } from '../alerts/alert.ts'
import { createAlertsRepository } from '../alerts/alerts.repository.ts'

/** The most new incidents of one failure domain that are not yet a storm. */
export const THRESHOLD = 4

type Labels = Record<string, string>
type Delivery = { batch?: number; threshold?: number; cluster?: string | null; clusterLabels?: string[] }
type Incident = {
  id: string
  title: string
  state: string
  severity: string
  namespace: string | null
  label: string | null
  value: string | null
  investigations: number
  alerts: Labels[]
}

/** The repository of alerts on a real database, with a clock that only deliveries and `wait` move. */
export async function startAlertStore() {
  const startMs = Date.parse('2026-11-21T10:00:00Z')
  let seconds = 0
  const postgres = await startPostgres()
  const url = await postgres.createDatabase()
  const pool = createPool({ url, name: 'test' })
  const alertsPool = createPool({ url, name: 'alerts', max: 2, pipeline: true })
  await migrate(pool, new URL('../migrations', import.meta.url).pathname)
  const ingest = (alerts: Alert[], now: Date, stormIncidents = THRESHOLD, cluster: string | null = null) =>
    createAlertsRepository(alertsPool, {
      groupSeconds: 600,
      reopenSeconds: 3_600,
      stormIncidents,
      cluster,
    }).ingest(alerts, now)

  return {
    pool,
    startMs,
    ingest,
    /** Delivers firing alerts in this order, `batch` at a time, a second apart; by default they are warnings. */
    async deliver(
      labels: Labels[],
      { batch = 1, threshold = THRESHOLD, cluster = null, clusterLabels }: Delivery = {},
    ) {
      for (let index = 0; index < labels.length; index += batch) {
        seconds += 1
        const now = new Date(startMs + seconds * 1000)
        const alerts = labels
          .slice(index, index + batch)
          .map(given => ({ alertname: 'NotReady', severity: 'warning', ...given }))
          .map(given =>
            alertOf(
              { status: 'firing', labels: given, startsAt: now.toISOString() },
              undefined,
              clusterLabels,
            ),
          )
        await ingest(alerts, now, threshold, cluster)
      }
    },
    wait(passed: number) {
      seconds += passed
    },
    async readIncidents() {
      const { rows } = await pool.query<Incident>(
        `SELECT i.id, i.title, i.state, i.severity, i.namespace, i.storm_label AS label, i.storm_value AS value,
           (SELECT count(*)::int FROM investigations WHERE incident_id = i.id) AS investigations,
           ARRAY(SELECT labels FROM alerts WHERE incident_id = i.id ORDER BY starts_at, id) AS alerts
         FROM incidents i ORDER BY opened_at, id`,
      )
      return rows
    },
    async clear() {
      await pool.query('TRUNCATE incidents, outbox CASCADE')
      seconds = 0
    },
    async stop() {
      await Promise.all([pool.end(), alertsPool.end()])
      await postgres.stop()
    },
  }
}
export type AlertStore = Awaited<ReturnType<typeof startAlertStore>>
