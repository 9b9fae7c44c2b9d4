import { createHash } from 'node:crypto'
import { CLUSTER_LABELS } from '@goalixa/agents/snapshot/alert-labels'
import { boundText } from '@goalixa/chassis/bound-text'
import { sanitizeForJsonb } from '../storage/sanitize-for-jsonb.ts'
import type { WebhookAlert } from './alerts.schema.ts'
import { fingerprintOf } from './fingerprint.ts'
import type { Subject } from './subject/subject.ts'
import { subjectOf } from './subject/subject-of.ts'

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
  subject: Subject
  namespace: string | null
  /** The top workload of the subject, or null. */
  service: string | null
  /** How many more alerts of its delivery Alertmanager omitted, and how many were rejected as invalid. */
  leftOut: { truncated: number; refused: number }
}

/** Converts an alert of the webhook. Its identity is fingerprint and start; `groupKey` is not part of it, because it changes with routing. */
export function alertOf(
  received: WebhookAlert,
  leftOut = { truncated: 0, refused: 0 },
  clusterLabels: readonly string[] = CLUSTER_LABELS,
): Alert {
  // Known fields only: unknown ones may be nested too deeply for JSON.stringify.
  const { status, startsAt, endsAt } = received
  const { labels, annotations, fingerprint } = sanitizeForJsonb({
    labels: received.labels,
    annotations: received.annotations ?? {},
    fingerprint: received.fingerprint ?? '',
  })
  const known = fingerprint !== '' && fingerprint.length <= LONGEST ? fingerprint : hashLabels(labels)
  const start = new Date(startsAt).toISOString()
  const subject = boundNames(subjectOf(labels, clusterLabels))
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
    subject,
    namespace: subject.namespace,
    service: subject.workload,
    leftOut,
  }
}

function boundNames({ kind, namespace, name, container, workload, cluster }: Subject): Subject {
  const bound = (text: string | null) => (text === null ? null : boundName(text))
  return {
    kind,
    namespace: bound(namespace),
    name: bound(name),
    container: bound(container),
    workload: bound(workload),
    cluster: bound(cluster),
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
