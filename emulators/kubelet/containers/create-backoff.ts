type Options = { initialMs: number; maxMs: number; resetAfterMs: number; now?: () => number }

/**
 * Tracks the delay before the next start: none after the first failure, then `initialMs` doubling up to `maxMs`; reset
 * after `resetAfterMs` of success. Source:
 * https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy
 */
export function createBackoff({ initialMs, maxMs, resetAfterMs, now = Date.now }: Options) {
  let entry: { delayMs: number; since: number } | undefined
  return {
    /** Returns the milliseconds left to wait after a failure at `failedAt` (epoch milliseconds). */
    delayFor(failedAt: number): number {
      if (!entry || failedAt - entry.since > resetAfterMs) return 0
      return Math.max(0, failedAt + entry.delayMs - now())
    },
    /** Returns the whole current delay, for messages. */
    current: () => entry?.delayMs ?? 0,
    /** Records an attempt. Call it when the wait is over and the next attempt starts. */
    tried(failedAt: number) {
      const isFresh = !entry || failedAt - entry.since > resetAfterMs
      entry = { delayMs: isFresh ? initialMs : Math.min((entry?.delayMs ?? 0) * 2, maxMs), since: now() }
    },
  }
}
