import { MORE_ERRORS, SLOWER } from '../metrics/meanings.ts'
import { onsetOf } from '../metrics/onset.ts'
import { signalOf } from './signals.ts'
import type { View } from './view.ts'

/** When a service began to fail or to be slow, in Unix seconds, or null where nothing measured says so. */
export function troubleOnset(view: View, service: string): number | null {
  const onsets = [
    onsetOf(signalOf(view, 'error-ratio', { service })?.points ?? [], MORE_ERRORS),
    onsetOf(signalOf(view, 'latency-mean', { service })?.points ?? [], SLOWER),
  ].flatMap(one => (one?.isStillSo ? [one.at] : []))
  return onsets.length === 0 ? null : Math.min(...onsets)
}
