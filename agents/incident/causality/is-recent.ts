import { secondsOf } from '../../snapshot/clock.ts'
import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import { cardOf } from '../analysers/registry.ts'
import type { Finding } from '../finding.ts'

/** Whether a finding is recent enough to explain a new fault: a standing one that is old caused none before. */
export function isRecent(view: SnapshotView, { code, onset }: Finding): boolean {
  const { isStanding, needsOnset } = cardOf(code)
  if (!isStanding) return true
  const at = secondsOf(onset)
  return at === null ? !needsOnset : at >= view.since - view.recentSeconds
}
