import { createHash } from 'node:crypto'
import { sanitizeForJsonb } from '../storage/sanitize-for-jsonb.ts'
import type { WebhookAlert } from './alerts.schema.ts'
import { fingerprintOf } from './fingerprint.ts'
import { serviceOf } from './service-from-labels.ts'

// Alertmanager's own has 16 characters. A longer one fits into no index, and would be refused for ever.
const LONGEST = 256

/** One occurrence of an alert as we keep it. */
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
  /** Of its delivery: how many more alerts Alertmanager left out, and how many could not be understood. */
  leftOut: { truncated: number; refused: number }
}

/** An alert of the webhook in our words. Its identity is the fingerprint with the start: `groupKey` changes with routing. */
export function alertOf(received: WebhookAlert, leftOut = { truncated: 0, refused: 0 }): Alert {
  // Picked first: fields that nobody knows may be nested deeper than JSON can be written.
  const { status, startsAt, endsAt } = received
  const { labels, annotations, fingerprint } = sanitizeForJsonb({
    labels: received.labels,
    annotations: received.annotations ?? {},
    fingerprint: received.fingerprint ?? '',
  })
  const known = fingerprint !== '' && fingerprint.length <= LONGEST ? fingerprint : fingerprintOf(labels)
  const start = new Date(startsAt).toISOString()
  return {
    id: createHash('sha256').update(`${known}|${start}`).digest('hex').slice(0, 32),
    fingerprint: known,
    name: labels.alertname ?? '',
    status,
    labels,
    annotations,
    startsAt: start,
    // Alertmanager sends an end for firing alerts too, which only says when it would give up waiting.
    endsAt: status === 'resolved' && endsAt ? new Date(endsAt).toISOString() : null,
    severity: labels.severity ?? 'none',
    namespace: labels.namespace || null,
    service: serviceOf(labels),
    leftOut,
  }
}
