import { OBJECT_LABELS, STABLE_ALERT_LABELS } from '@goalixa/agents/snapshot/alert-labels'
import { boundText } from '@goalixa/chassis/bound-text'

// Generous compared with systems that store Prometheus' labels: Grafana Mimir accepts 30 labels with values of 2,048 bytes.
const MAX_LABELS = 100
const MAX_VALUE_BYTES = 2_048
const MAX_TEXT_BYTES = 4_096
const FIRST = new Set<string>(['alertname', ...STABLE_ALERT_LABELS, ...OBJECT_LABELS])

/**
 * The labels that an investigation works with: those that identify the alert or name an object come first. A label that is too long
 * is dropped, not truncated: a truncated name would match nothing, and an alert that matches nothing looks recovered.
 */
export function boundLabels(labels: Record<string, string>): Record<string, string> {
  const usable = Object.entries(labels).filter(
    ([name, value]) =>
      Buffer.byteLength(name) <= MAX_VALUE_BYTES && Buffer.byteLength(value) <= MAX_VALUE_BYTES,
  )
  if (usable.length <= MAX_LABELS) return Object.fromEntries(usable)
  const first = usable.filter(([name]) => FIRST.has(name))
  const rest = usable
    .filter(([name]) => !FIRST.has(name))
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
  return Object.fromEntries([...first, ...rest].slice(0, MAX_LABELS))
}

/** The annotations that an investigation shows. They are prose, so a long one is truncated. */
export function boundAnnotations(annotations: Record<string, string>): Record<string, string> {
  const kept = Object.entries(annotations).slice(0, MAX_LABELS)
  return Object.fromEntries(
    kept.map(([name, text]) => [boundText(name, MAX_VALUE_BYTES), boundText(text, MAX_TEXT_BYTES)]),
  )
}
