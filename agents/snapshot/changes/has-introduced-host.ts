import { secondsOf } from '../clock.ts'
import type { SnapshotView } from '../index-snapshot.ts'
import { lookBackSeconds } from './look-back.ts'

/** Whether a recent release of a service introduced a host: its diff has the name after the change and not before. */
export function hasIntroducedHost(view: SnapshotView, service: string, host: string): boolean {
  const names = view.workloadsOfService(service).map(workload => workload.name)
  const from = view.since - lookBackSeconds(view.scope)
  const has = (value: unknown) =>
    JSON.stringify(value ?? '')
      .toLowerCase()
      .includes(host)
  return view.snapshot.changes.some(
    change =>
      (secondsOf(change.at) ?? 0) >= from &&
      (names.includes(change.subject.name) ||
        names.some(name => view.appOfWorkload(name)?.name === change.subject.name)) &&
      change.diff.some(part => has(part.after) && !has(part.before)),
  )
}
