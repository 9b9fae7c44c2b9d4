import { MORE_ERRORS, SLOWER } from './thresholds.ts'
import { onsetOf } from './change-point.ts'
import { signalOf } from '../snapshot/series/lookup.ts'
import type { View } from '../snapshot/index-snapshot.ts'

/** When a service began to fail or to be slow, in Unix seconds, or null where nothing measured says so. */
export function troubleOnset(view: View, service: string): number | null {
  const onsets = [
    onsetOf(signalOf(view, 'error-ratio', { service })?.points ?? [], MORE_ERRORS),
    onsetOf(signalOf(view, 'latency-mean', { service })?.points ?? [], SLOWER),
  ].flatMap(one => (one?.isStillSo ? [one.at] : []))
  return onsets.length === 0 ? null : Math.min(...onsets)
}
