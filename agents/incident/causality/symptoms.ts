import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import { cardOf } from '../codes.ts'
import type { Finding } from '../verdict.ts'

/**
 * What has to be explained: the alerts that still fire; without one, what users feel at the service in question, and then
 * any trouble there. Nearest to the user first.
 */
export function symptomsOf(view: SnapshotView, findings: Finding[]): Finding[] {
  const firing = findings.filter(finding => finding.code === 'ALERT_FIRING')
  if (firing.length > 0) return firing
  const seen = findings.filter(finding => finding.code !== 'DRIFT_FROM_GIT')
  const { service, scope } = view
  const near =
    service === null ? seen : seen.filter(one => one.service === service || one.subject.name === service)
  const named = scope.object === null ? [] : seen.filter(one => one.subject.name === scope.object?.name)
  return [...new Set([...near, ...named])].toSorted((a, b) => cardOf(b.code).layer - cardOf(a.code).layer)
}
