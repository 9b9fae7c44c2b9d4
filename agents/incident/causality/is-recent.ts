import { secondsOf } from '../../snapshot/clock.ts'
import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import { cardOf } from '../analysers/registry.ts'
import type { Finding } from '../finding.ts'

/** Whether a finding can be why something broke now: what was so long before did no harm then. */
export function isRecent(view: SnapshotView, { code, onset }: Finding): boolean {
  const { isStanding, needsOnset } = cardOf(code)
  if (!isStanding) return true
  const at = secondsOf(onset)
  return at === null ? !needsOnset : at >= view.since - view.recentSeconds
}
