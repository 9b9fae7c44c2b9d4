import { Counter, Histogram, Registry } from 'prom-client'
import type { Route } from './create-route-table.ts'

/**
 * Creates the metrics of ingress-nginx, with the namespace of the Ingress as a plain label. Source:
 * https://kubernetes.github.io/ingress-nginx/user-guide/monitoring/
 */
export function createEdgeMetrics() {
  const registry = new Registry()
  const labelNames = ['namespace', 'ingress', 'service', 'status', 'method', 'host', 'path'] as const
  const requests = new Counter({
    name: 'nginx_ingress_controller_requests',
    help: 'The total number of client requests',
    labelNames,
    registers: [registry],
  })
  const histogram = (name: string, help: string) =>
    new Histogram({
      name,
      help,
      labelNames,
      registers: [registry],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    })
  const requestSeconds = histogram(
    'nginx_ingress_controller_request_duration_seconds',
    'The request processing time in seconds',
  )
  const responseSeconds = histogram(
    'nginx_ingress_controller_response_duration_seconds',
    'The time spent on receiving the response from the upstream server',
  )
  return {
    registry,
    observe(route: Route, { method, status, seconds, upstreamSeconds }: Observation) {
      const { namespace, ingress, service, host, path } = route
      const labels = { namespace, ingress, service, host, path, method, status: String(status) }
      requests.inc(labels)
      requestSeconds.observe(labels, seconds)
      if (upstreamSeconds !== undefined) responseSeconds.observe(labels, upstreamSeconds)
    },
  }
}
type Observation = { method: string; status: number; seconds: number; upstreamSeconds?: number }
