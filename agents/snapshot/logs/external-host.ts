import type { SnapshotView } from '../index-snapshot.ts'
import { listAt, stringAt } from '../objects/json-path.ts'

const NAME = '([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)'
/** Where log lines name a target: answers of name servers, URLs of requests, addresses of connections. */
const PLACES = [
  `(?:ENOTFOUND|lookup|resolve|translate host name|unknown host:?) \\\\?["']?${NAME}`,
  `\\b(?:get|post|put|patch|delete|head|to|url:?|fetch|fetching|calling) \\\\?["']?https?://(?:[^@/\\s"]*@)?${NAME}`,
  `\\bhost=["']${NAME}`,
  `(?:dial tcp|ECONNREFUSED|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|server at|connect to) \\\\?["']?${NAME}(?=[:"', ]|$)`,
].map(place => new RegExp(place, 'i'))

const ADDRESS = /^\d{1,3}(?:\.\d{1,3}){3}$/
/** Private and reserved addresses: RFC 1918, 6598, 3927 and 1122. */
const PRIVATE =
  /^(?:10|127|0)\.|^192\.168\.|^169\.254\.|^172\.(?:1[6-9]|2\d|3[01])\.|^100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./

/** Exporters of telemetry, whose failures affect no request. */
const TELEMETRY =
  /\b(?:otlp|opentelemetry|otel|telemetry|exporter|jaeger|zipkin|sentry|statsd|pyroscope)\b|:431[78]\b/i

/** The host name or address that a log line names as its target, in lower case; null where it names none. */
export function parseRequestedHost(line: string): string | null {
  for (const place of PLACES) {
    const host = line.match(place)?.[1]?.toLowerCase()
    if (host !== undefined && host !== 'localhost') return host
  }
  return null
}

/** Whether a host is outside the cluster: a domain name that no Ingress serves, or a public address. */
export function isExternalHost(view: SnapshotView, host: string): boolean {
  if (ADDRESS.test(host)) return !PRIVATE.test(host)
  if (!/^(?:[a-z0-9-]+\.)+[a-z]{2,}$/.test(host) || /\.(?:svc|local|internal|localhost)$/.test(host))
    return false
  if (isServiceHost(view, host)) return false
  const served = view
    .objectsOf('Ingress')
    .flatMap(({ object }) => listAt(object, 'spec.rules').flatMap(rule => stringAt(rule, 'host') ?? []))
  return !served.includes(host)
}

/** Whether a host has the form in which pods of the namespace address its Services: by name, and perhaps by namespace. */
export function isServiceHost(view: SnapshotView, host: string): boolean {
  const [, within, kind] = host.split('.')
  return within === undefined || (within === view.namespace && (kind === undefined || kind === 'svc'))
}

/** Whether a log line is about the export of telemetry. */
export function isTelemetry(line: string): boolean {
  return TELEMETRY.test(line)
}
