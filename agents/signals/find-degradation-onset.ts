import type { SnapshotView } from '../snapshot/index-snapshot.ts'
import { signalOf } from '../snapshot/series/lookup.ts'
import { findChangePoint } from './change-point.ts'
import { MORE_ERRORS, SLOWER } from './thresholds.ts'

/** When a service began to fail or to be slow, in Unix seconds; null where no signal shows it. */
export function findDegradationOnset(view: SnapshotView, service: string): number | null {
  const changes = [
    findChangePoint(signalOf(view, 'error-ratio', { service })?.points ?? [], MORE_ERRORS),
    findChangePoint(signalOf(view, 'latency-mean', { service })?.points ?? [], SLOWER),
  ]
  const onsets = changes.flatMap(change => (change?.isOngoing ? [change.at] : []))
  return onsets.length === 0 ? null : Math.min(...onsets)
}
