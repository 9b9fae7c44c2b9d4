import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import { cardOf } from '../analysers/registry.ts'
import type { Finding } from '../finding.ts'
import { rankOf } from '../findings/layers.ts'
import { isNamedByScope } from '../findings/named-by-scope.ts'

/**
 * The findings that have to be explained: the alerts that are still firing; without one, all that was found at the service or
 * object of the scope, closest to the user first.
 */
export function findSymptoms(view: SnapshotView, findings: Finding[]): Finding[] {
  const firing = findings.filter(finding => finding.code === 'ALERT_FIRING')
  if (firing.length > 0) return firing
  const relevant = findings.filter(finding => cardOf(finding.code).layer !== 'note')
  const { service, scope } = view
  const named = scope.object === null ? [] : relevant.filter(finding => isNamedByScope(view, finding.subject))
  if (service === null && named.length > 0) return closestFirst(named)
  const near =
    service === null
      ? relevant
      : relevant.filter(finding => finding.service === service || finding.subject.name === service)
  return closestFirst([...new Set([...near, ...named])])
}

function closestFirst(findings: Finding[]): Finding[] {
  return findings.toSorted((a, b) => rankOf(cardOf(b.code).layer) - rankOf(cardOf(a.code).layer))
}
