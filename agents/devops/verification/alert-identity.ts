import { z } from 'zod'
import { STABLE_ALERT_LABELS } from '../../snapshot/alert-labels.ts'
import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import type { AlertFact } from '../../snapshot/snapshot.ts'

/** By what an alert is recognised when it fires again: its rule, what it is about, and how the names of its pods begin. */
export const AlertIdentity = z.object({
  name: z.string(),
  labels: z.record(z.string(), z.string()),
  prefixes: z.record(z.string(), z.string()),
})
export type AlertIdentity = z.infer<typeof AlertIdentity>

/** The identity of an alert. A pod's successors count as well: they have other names. */
export function alertIdentity(view: SnapshotView, { name, labels }: AlertFact): AlertIdentity {
  const identifying = STABLE_ALERT_LABELS.flatMap(key =>
    labels[key] === undefined ? [] : [[key, labels[key]]],
  )
  return {
    name,
    labels: Object.fromEntries(identifying),
    prefixes: labels.pod === undefined ? {} : { pod: podPrefix(view, labels.pod) },
  }
}

/**
 * Whether an alert with these labels is the identified one. Stricter than the read of its rule, which an absent label does
 * not contradict: an alert that is taken for another one by mistake would not be investigated at all.
 */
export function isIdentifiedBy(
  { name, labels, prefixes }: AlertIdentity,
  own: Record<string, string>,
): boolean {
  return (
    own.alertname === name &&
    Object.entries(labels).every(([key, value]) => own[key] === value) &&
    Object.entries(prefixes).every(([key, value]) => own[key]?.startsWith(value))
  )
}

/** What the names of all pods of the same workload begin with; the pod's own name if its workload is not known. */
function podPrefix(view: SnapshotView, pod: string): string {
  const owner = view.workloadByPodName(pod)
  return owner === undefined ? pod : `${owner.name}-`
}
