import { scaled, secondsOf } from '../clock.ts'
import type { SnapshotView } from '../index-snapshot.ts'
import type { Container } from './pod.ts'

/**
 * Whether the end of a container's last run belongs to this incident. A container that runs again and is ready has recovered
 * from what ended it, unless that was less than ten minutes (in production) before the alert.
 */
export function isRecentRun(view: SnapshotView, container: Container, endedAt: string | null): boolean {
  const at = secondsOf(endedAt)
  if (at === null) return true
  const hasRecovered = container.runningSince !== null && container.isReady === true
  return at >= view.since - (hasRecovered ? scaled(view.scope, 600, 45) : view.recentSeconds)
}
