import { NAMESPACE } from '@goalixa/agents/testing/kube'
import { findTool } from '@goalixa/tools/catalog'
import { createClients } from '@goalixa/tools/create-clients'
import { createAnsweringServer } from '@goalixa/tools/testing/answering-server'
import { startPrometheus } from '@goalixa/tools/testing/start-prometheus'
import { until } from '@goalixa/tools/testing/until'

const query = findTool('prometheus_query')

const signal = new AbortController().signal
const SERVICES = ['front', 'orders', 'users']

/** Starts a real Prometheus for the sample cluster's services, all failing or all healthy, with alerts of these names. */
export async function startSamplePrometheus({ alerts, isFailing }: { alerts: string[]; isFailing: boolean }) {
  let requests = 0
  const app = await createAnsweringServer(() => {
    requests += 20
    return { body: SERVICES.flatMap(metricsOf).join('\n').concat('\n') }
  })
  const prometheus = await startPrometheus({
    target: app.url.replace('http://', ''),
    namespace: NAMESPACE,
    rules: JSON.stringify({
      groups: [
        { name: 'sample', rules: alerts.map(alert => ({ alert, expr: `vector(1) > ${isFailing ? 0 : 1}` })) },
      ],
    }),
  })
  const clients = createClients({ prometheus: { url: prometheus.url } })
  const isMeasured = { query: 'sum(rate(goalixa_http_requests_total[6s])) > 0' }
  // A recovery check compares with the samples at the diagnosis, so Prometheus must have scraped some by then.
  await until(async () => (await query.run(isMeasured, clients, signal)).samples.length > 0)
  return {
    url: prometheus.url,
    async stop() {
      await prometheus.stop()
      await app.close()
    },
  }

  function metricsOf(service: string): string[] {
    const labels = `{service="${service}",status="${isFailing ? 500 : 200}"}`
    return [
      `goalixa_http_requests_total${labels} ${requests}`,
      `goalixa_http_request_duration_seconds_count${labels} ${requests}`,
      `goalixa_http_request_duration_seconds_sum${labels} ${requests * (isFailing ? 2 : 0.01)}`,
    ]
  }
}
