import { scaled, secondsOf } from '../clock.ts'
import type { SnapshotView } from '../index-snapshot.ts'
import { isClean } from './is-clean.ts'
import type { Container } from './pod.ts'

/**
 * Whether the end of a container's last run belongs to this incident. A container that runs again and is ready, or an init
 * container that has completed since, has recovered from what ended it, unless that was less than ten minutes (in production) before the alert.
 */
export function isRecentRun(view: SnapshotView, container: Container, endedAt: string | null): boolean {
  const at = secondsOf(endedAt)
  if (at === null) return true
  const hasCompleted = container.ended !== null && container.ended.at !== endedAt && isClean(container.ended)
  const hasRecovered = hasCompleted || (container.runningSince !== null && container.isReady === true)
  return at >= view.since - (hasRecovered ? scaled(view.scope, 600, 45) : view.recentSeconds)
}
