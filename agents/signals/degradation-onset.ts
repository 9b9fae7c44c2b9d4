import type { SnapshotView } from '../snapshot/index-snapshot.ts'
import { signalOf } from '../snapshot/series/lookup.ts'
import { findChangePoint } from './change-point.ts'
import { MORE_ERRORS, SLOWER } from './thresholds.ts'

/** When a service began to fail or to be slow, in Unix seconds, or null where nothing measured says so. */
export function degradationOnset(view: SnapshotView, service: string): number | null {
  const onsets = [
    findChangePoint(signalOf(view, 'error-ratio', { service })?.points ?? [], MORE_ERRORS),
    findChangePoint(signalOf(view, 'latency-mean', { service })?.points ?? [], SLOWER),
  ].flatMap(one => (one?.isOngoing ? [one.at] : []))
  return onsets.length === 0 ? null : Math.min(...onsets)
}
