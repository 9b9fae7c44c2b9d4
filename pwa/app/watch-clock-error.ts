import { MAX_SKEW_MS } from '@goalixa/rules/stamps/max-skew'
import type { Store } from '../store/open-store.ts'
import { formatRoughly } from './format.ts'

/**
 * Creates a function that returns what to tell the person if the clock of the device has turned out to be wrong, once each
 * time. An error that core tolerates is not worth a word. What was known when the store was opened was told before.
 */
export function watchClockError(store: Pick<Store, 'clockAheadMs'>) {
  let toldMs = store.clockAheadMs() ?? 0
  return (): string | undefined => {
    const aheadMs = store.clockAheadMs()
    if (aheadMs === undefined || Math.abs(aheadMs - toldMs) < MAX_SKEW_MS) return undefined
    toldMs = aheadMs
    if (Math.abs(aheadMs) < MAX_SKEW_MS) return undefined
    const error = `${formatRoughly(Math.abs(aheadMs))} ${aheadMs > 0 ? 'ahead' : 'behind'}`
    return `This device’s clock is ${error}. Goalixa uses the right time.`
  }
}
