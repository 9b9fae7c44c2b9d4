import { EXPORTER_METRICS } from './exporter-metrics.ts'

/** What an installation calls its labels. */
export type LabelNames = { namespace: string; service: string; method: string; status: string }

/** What an installation calls the metrics of its services, and their labels. Seconds are a histogram's base name. */
type MetricNames = LabelNames & {
  requests: string
  requestSeconds: string
  /** The label with the revision of the pod that served a request. */
  revision?: string
  /** How callers measure their calls; `failed` matches the calls that the callee made fail. */
  calls?: { seconds: string; callee: string; failed: string }
  /** A gauge for each dependency that a service checks: 1 while it answers. */
  dependencyUp?: string
}
export type MetricProfile = MetricNames & { name: ProfileName }

const PLAIN = { namespace: 'namespace', service: 'service', method: 'method', status: 'status' }
/** Names: https://opentelemetry.io/docs/specs/semconv/http/http-metrics/. Each failed call has an `error_type`, also a 4xx, which is the caller's own fault. */
const OPENTELEMETRY = {
  requests: 'http_server_request_duration_seconds_count',
  requestSeconds: 'http_server_request_duration_seconds',
  method: 'http_request_method',
  status: 'http_response_status_code',
  calls: {
    seconds: 'http_client_request_duration_seconds',
    callee: 'server_address',
    failed: 'error_type!="",http_response_status_code=~"(5..)?"',
  },
}
const COMMON = { requests: 'http_requests_total', requestSeconds: 'http_request_duration_seconds' }
const INGRESS_NGINX = {
  requests: EXPORTER_METRICS.ingressNginxRequests,
  requestSeconds: EXPORTER_METRICS.ingressNginxSeconds,
}

/**
 * The names in common use, those of services before those of an Ingress controller. The same metric has different labels by the
 * way it is collected: OpenTelemetry's conventions over OTLP or by scraping, `code` in the Go client, and `exported_` where a
 * scrape sets labels of its own.
 */
const KNOWN = [
  {
    ...PLAIN,
    name: 'goalixa',
    requests: 'goalixa_http_requests_total',
    requestSeconds: 'goalixa_http_request_duration_seconds',
    revision: 'revision',
    calls: {
      seconds: 'goalixa_upstream_request_duration_seconds',
      callee: 'upstream',
      failed: 'outcome!="ok"',
    },
    dependencyUp: 'goalixa_dependency_up',
  },
  {
    ...OPENTELEMETRY,
    name: 'opentelemetry-otlp',
    namespace: 'k8s_namespace_name',
    service: 'service_name',
  },
  { ...PLAIN, ...OPENTELEMETRY, name: 'opentelemetry-scraped' },
  { ...PLAIN, ...COMMON, name: 'common-status' },
  { ...PLAIN, ...COMMON, name: 'common-code', status: 'code' },
  {
    ...PLAIN,
    ...INGRESS_NGINX,
    name: 'nginx-exported',
    namespace: 'exported_namespace',
    service: 'exported_service',
  },
  { ...PLAIN, ...INGRESS_NGINX, name: 'nginx' },
] as const satisfies (MetricNames & { name: string })[]

export type ProfileName = (typeof KNOWN)[number]['name']

/** In order of preference; the first is read without asking whether it is there. */
export const PROFILES: readonly MetricProfile[] = KNOWN

/** Goalixa's own names. */
export const GOALIXA: MetricProfile = KNOWN[0]
