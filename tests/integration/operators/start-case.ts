import { startPostgres } from '@goalixa/chassis/testing/start-postgres'
import { createDependencies } from '@goalixa/syntra/composition/create-dependencies'
import { startSyntra } from '@goalixa/syntra/testing/start-syntra'
import { testConfig, WEBHOOK_TOKEN } from '@goalixa/syntra/testing/test-config'
import { createAnsweringServer } from '@goalixa/tools/testing/answering-server'
import type { ClusterObject } from './cluster-objects.ts'
import { type Logs, startCluster } from './start-cluster.ts'

export type CaseAlert = { labels: Record<string, string>; startsAt: string }
export type Case = {
  objects: readonly ClusterObject[]
  logs?: Logs
  alerts: readonly CaseAlert[]
  /** Of Syntra, for the systems besides the cluster. */
  settings?: Record<string, string>
}

/** One PostgreSQL for a file of cases. */
export async function startCases() {
  const postgres = await startPostgres()
  return {
    /** Delivers the alerts to a Syntra that reads this cluster, and resolves with the incident and its first verdict. */
    async investigate({ objects, logs, alerts, settings: others = {} }: Case) {
      const cluster = await startCluster(objects, logs)
      const prometheus = await startAlertList(alerts)
      const databaseUrl = await postgres.createDatabase()
      const settings = { KUBECONFIG: cluster.kubeconfig, PROMETHEUS_URL: prometheus.url, ...others }
      const dependencies = await createDependencies(testConfig(databaseUrl, settings))
      const syntra = await startSyntra({ databaseUrl, dependencies, settings })
      try {
        await syntra.post('/v1/alerts', { version: '4', alerts: alerts.map(asDelivered) }, WEBHOOK_TOKEN)
        const page = await syntra.until(
          '/v1/incidents',
          body => body.incidents?.[0]?.investigation?.state === 'done',
        )
        const [incident] = page.incidents
        const { body } = await syntra.get(`/v1/investigations/${incident.investigation.id}`)
        const report = await syntra.get(`/v1/incidents/${incident.id}/report`)
        return {
          incidents: page.incidents,
          report: JSON.stringify(report.body),
          investigation: body,
          verdict: body.verdict,
          ...cluster.takeCount(),
        }
      } finally {
        await syntra.stop()
        await Promise.all([cluster.stop(), prometheus.close()])
      }
    },
    stop: () => postgres.stop(),
  }
}

function asDelivered({ labels, startsAt }: CaseAlert) {
  return { status: 'firing', labels, annotations: {}, startsAt, endsAt: '0001-01-01T00:00:00Z' }
}

/** A Prometheus that knows these alerts as firing, and no series. */
function startAlertList(alerts: readonly CaseAlert[]) {
  return createAnsweringServer(({ path }) =>
    path.startsWith('/api/v1/alerts')
      ? {
          body: {
            status: 'success',
            data: {
              alerts: alerts.map(({ labels, startsAt }) => ({
                labels,
                annotations: {},
                state: 'firing',
                activeAt: startsAt,
                value: '1',
              })),
            },
          },
        }
      : { body: { status: 'success', data: { resultType: 'matrix', result: [] } } },
  )
}
