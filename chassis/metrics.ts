import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** Seconds; the bounds straddle the objectives (100 ms for core, 300 ms for the BFF). */
export const LATENCY_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2.5, 5, 10]

/**
 * Creates the metrics of a service: rate, errors and duration of its requests and of its calls to others. The labels
 * `service`, `namespace` and `pod` are absent on purpose: service discovery adds them. `route` is the pattern, never the
 * path, so that label sets stay bounded.
 */
export function createMetrics({ version = 'dev' }: { version?: string } = {}) {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  new Gauge({
    name: 'goalixa_build_info',
    help: 'Always 1; the version is a label.',
    labelNames: ['version'],
    registers,
  }).set({ version }, 1)
  return {
    registry,
    requests: new Counter({
      name: 'goalixa_http_requests_total',
      help: 'Requests answered.',
      labelNames: ['method', 'route', 'status'] as const,
      registers,
    }),
    requestSeconds: new Histogram({
      name: 'goalixa_http_request_duration_seconds',
      help: 'Seconds from the request to its answer, without the time in which the client sends its body or reads the answer.',
      labelNames: ['method', 'route', 'status'] as const,
      buckets: LATENCY_BUCKETS,
      registers,
    }),
    upstreamSeconds: new Histogram({
      name: 'goalixa_upstream_request_duration_seconds',
      help: 'Seconds of calls to another service; `upstream` is its name, `outcome` is ok, error or timeout.',
      labelNames: ['upstream', 'outcome'] as const,
      buckets: LATENCY_BUCKETS,
      registers,
    }),
    dependencyUp: new Gauge({
      name: 'goalixa_dependency_up',
      help: '1 if the last check of the dependency succeeded, else 0.',
      labelNames: ['dependency'] as const,
      registers,
    }),
  }
}
export type Metrics = ReturnType<typeof createMetrics>
