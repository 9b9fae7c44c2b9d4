import { findReleaseBefore } from '../../snapshot/changes/find-release-before.ts'
import { secondsOf } from '../../snapshot/clock.ts'
import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import type { Finding } from '../finding.ts'

/** Recent releases of the clients of a dependency without a free connection: one of them may hold all connections. */
export function findConnectionExhaustionSuspects(
  view: SnapshotView,
  root: Finding,
  users: (string | null)[],
) {
  if (root.detail?.kind !== 'connections-exhausted') return []
  const onset = secondsOf(root.onset) ?? view.since
  const services = [...new Set([...users, ...view.callers(root.subject.name)])].filter(
    service => service !== null,
  )
  return services.toSorted().flatMap(service => {
    const release = findReleaseBefore(view, service, onset)
    return release === null ? [] : [{ service, ...release }]
  })
}
