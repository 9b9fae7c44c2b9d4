import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import { cardOf } from '../analysers/registry.ts'
import type { Finding } from '../finding.ts'
import { rankOf } from '../findings/layers.ts'

/**
 * What has to be explained: the alerts that still fire; without one, what users feel at the service in question, and then
 * any trouble there. Nearest to the user first.
 */
export function symptomsOf(view: SnapshotView, findings: Finding[]): Finding[] {
  const firing = findings.filter(finding => finding.code === 'ALERT_FIRING')
  if (firing.length > 0) return firing
  const seen = findings.filter(finding => cardOf(finding.code).layer !== 'note')
  const { service, scope } = view
  const near =
    service === null
      ? seen
      : seen.filter(finding => finding.service === service || finding.subject.name === service)
  const named =
    scope.object === null ? [] : seen.filter(finding => finding.subject.name === scope.object?.name)
  return [...new Set([...near, ...named])].toSorted(
    (a, b) => rankOf(cardOf(b.code).layer) - rankOf(cardOf(a.code).layer),
  )
}
