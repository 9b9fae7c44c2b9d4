import { releaseBefore } from '../../snapshot/changes/release-before.ts'
import { secondsOf } from '../../snapshot/clock.ts'
import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import type { Finding } from '../verdict.ts'

/** How servers say that all their connections are taken. */
const USED_UP = /too many (?:connections|clients)|connection slots|connection limit/i

/** Releases of those who use a dependency that has no connection left: one of them may be what takes them all. */
export function connectionExhaustionSuspects(view: SnapshotView, root: Finding, users: (string | null)[]) {
  if (root.subject.kind !== 'ExternalDependency' || !USED_UP.test(root.message)) return []
  const onset = secondsOf(root.onset) ?? view.since
  const services = [...new Set([...users, ...view.callers(root.subject.name)])].filter(one => one !== null)
  return services.toSorted().flatMap(service => {
    const release = releaseBefore(view, service, onset)
    return release === null ? [] : [{ service, ...release }]
  })
}
