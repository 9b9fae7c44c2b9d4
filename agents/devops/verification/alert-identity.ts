import { z } from 'zod'
import { STABLE_ALERT_LABELS } from '../../snapshot/alert-labels.ts'
import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import type { AlertFact } from '../../snapshot/snapshot.ts'

/** How an alert is recognised when it fires again: its rule, its identifying labels, and the prefix of its pod names. */
export const AlertIdentity = z.object({
  name: z.string(),
  labels: z.record(z.string(), z.string()),
  prefixes: z.record(z.string(), z.string()),
})
export type AlertIdentity = z.infer<typeof AlertIdentity>

/** The identity of an alert. The successors of its pod, which have other names, match too. */
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
 * Whether an alert with these labels is the identified one. A label that is absent does not match, unlike in the read of the
 * rule: an alert that is mistaken for another would never be investigated.
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

/** The prefix of the names of all pods of the same workload; the pod's own name if its workload is not known. */
function podPrefix(view: SnapshotView, pod: string): string {
  const owner = view.workloadByPodName(pod)
  return owner === undefined ? pod : `${owner.name}-`
}
