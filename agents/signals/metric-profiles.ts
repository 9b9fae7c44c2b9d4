/** What an installation calls the metrics of what it serves, and their labels. Seconds are a histogram's base name. */
export type MetricProfile = {
  name: string
  requests: string
  requestSeconds: string
  namespace: string
  service: string
  method: string
  status: string
  /** What callers measure of their calls, a histogram's base name, and the label with the host that they call. */
  callSeconds?: string
  callee?: string
}

const PLAIN = { namespace: 'namespace', service: 'service', method: 'method', status: 'status' }
const OPENTELEMETRY = {
  requests: 'http_server_request_duration_seconds_count',
  requestSeconds: 'http_server_request_duration_seconds',
  method: 'http_request_method',
  status: 'http_response_status_code',
  callSeconds: 'http_client_request_duration_seconds',
  callee: 'server_address',
}
const COMMON = { requests: 'http_requests_total', requestSeconds: 'http_request_duration_seconds' }
const NGINX = {
  requests: 'nginx_ingress_controller_requests',
  requestSeconds: 'nginx_ingress_controller_request_duration_seconds',
}

/** Goalixa's own names. */
export const GOALIXA: MetricProfile = {
  ...PLAIN,
  name: 'goalixa',
  requests: 'goalixa_http_requests_total',
  requestSeconds: 'goalixa_http_request_duration_seconds',
}

/**
 * The names in common use, what services say of themselves before what an Ingress says of them. The same names come with
 * other labels by the way they take: OpenTelemetry's conventions over OTLP or by scraping, `code` of the Go client, and
 * `exported_` where a scrape sets labels of its own.
 */
export const PROFILES: readonly MetricProfile[] = [
  GOALIXA,
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
    ...NGINX,
    name: 'nginx-exported',
    namespace: 'exported_namespace',
    service: 'exported_service',
  },
  { ...PLAIN, ...NGINX, name: 'nginx' },
]
