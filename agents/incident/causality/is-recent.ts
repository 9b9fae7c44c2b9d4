import { secondsOf } from '../../snapshot/clock.ts'
import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import type { Finding } from '../verdict.ts'

/** Settings that a cluster can live with for months. */
const STANDING = [
  'SERVICE_PORT_MISMATCH',
  'SERVICE_SELECTOR_MISMATCH',
  'SCALED_BELOW_GIT',
  'SYNC_FAILED',
  'CALLS_THROUGH_INGRESS',
  'ROLLOUT_PAUSED',
]
/** Those that are true of healthy services too: without a known beginning they say nothing. */
const HARMLESS = ['SCALED_BELOW_GIT', 'SYNC_FAILED', 'CALLS_THROUGH_INGRESS', 'ROLLOUT_PAUSED']

/** Whether a fact can be why something broke now: what was so long before did no harm then. */
export function isRecent(view: SnapshotView, { code, onset }: Finding): boolean {
  if (!STANDING.includes(code)) return true
  const at = secondsOf(onset)
  return at === null ? !HARMLESS.includes(code) : at >= view.since - view.recentSeconds
}
