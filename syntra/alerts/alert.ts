import { createHash } from 'node:crypto'
import { boundText } from '@goalixa/chassis/bound-text'
import { sanitizeForJsonb } from '../storage/sanitize-for-jsonb.ts'
import type { WebhookAlert } from './alerts.schema.ts'
import { fingerprintOf } from './fingerprint.ts'
import { serviceOf } from './service-from-labels.ts'

// Alertmanager's own fingerprint has 16 characters. A much longer one does not fit into an index.
const LONGEST = 256
// No name in Kubernetes is longer. Names derived from labels go into indexes and titles; the labels themselves are stored whole.
const MAX_NAME_BYTES = 253
// Prometheus' hash takes about a millisecond for this many bytes.
const MAX_HASHED_BYTES = 16_384

/** One occurrence of an alert, as it is stored. */
export type Alert = {
  id: string
  fingerprint: string
  name: string
  status: 'firing' | 'resolved'
  labels: Record<string, string>
  annotations: Record<string, string>
  startsAt: string
  endsAt: string | null
  severity: string
  namespace: string | null
  service: string | null
  /** How many more alerts of its delivery Alertmanager omitted, and how many were rejected as invalid. */
  leftOut: { truncated: number; refused: number }
}

/** Converts an alert of the webhook. Its identity is fingerprint and start; `groupKey` is not part of it, because it changes with routing. */
export function alertOf(received: WebhookAlert, leftOut = { truncated: 0, refused: 0 }): Alert {
  // Known fields only: unknown ones may be nested too deeply for JSON.stringify.
  const { status, startsAt, endsAt } = received
  const { labels, annotations, fingerprint } = sanitizeForJsonb({
    labels: received.labels,
    annotations: received.annotations ?? {},
    fingerprint: received.fingerprint ?? '',
  })
  const known = fingerprint !== '' && fingerprint.length <= LONGEST ? fingerprint : hashLabels(labels)
  const start = new Date(startsAt).toISOString()
  const service = serviceOf(labels)
  return {
    id: createHash('sha256').update(`${known}|${start}`).digest('hex').slice(0, 32),
    fingerprint: known,
    name: boundName(labels.alertname ?? ''),
    status,
    labels,
    annotations,
    startsAt: start,
    // For a firing alert, `endsAt` only says when Alertmanager would stop waiting for an update.
    endsAt: status === 'resolved' && endsAt ? new Date(endsAt).toISOString() : null,
    severity: boundName(labels.severity ?? 'none'),
    namespace: labels.namespace ? boundName(labels.namespace) : null,
    service: service === null ? null : boundName(service),
    leftOut,
  }
}

function boundName(text: string): string {
  return boundText(text, MAX_NAME_BYTES)
}

/** A hash that is the same for the same labels in any order: Prometheus' own, unless the labels are so long that computing it would block the event loop. */
function hashLabels(labels: Record<string, string>): string {
  const sorted = JSON.stringify(Object.entries(labels).toSorted(([left], [right]) => (left < right ? -1 : 1)))
  return sorted.length <= MAX_HASHED_BYTES
    ? fingerprintOf(labels)
    : createHash('sha256').update(sorted).digest('hex').slice(0, 16)
}
