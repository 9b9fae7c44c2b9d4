import { secondsOf } from '../../snapshot/clock.ts'
import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'

type Change = Snapshot['changes'][number]

/** The sync of a workload's application that deployed a rollout: the latest one close to it in time. */
export function findSyncOfRollout(view: SnapshotView, rollout: Change): Change | null {
  const app = view.appOfWorkload(rollout.subject.name)
  const at = secondsOf(rollout.at) ?? 0
  const before = view.snapshot.changes.filter(
    change =>
      change.kind === 'sync' &&
      change.subject.name === app?.name &&
      Math.abs((secondsOf(change.at) ?? 0) - at) <= 2 * view.toleranceSeconds,
  )
  return before.at(-1) ?? null
}
