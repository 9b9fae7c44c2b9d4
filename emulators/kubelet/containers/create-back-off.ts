type Options = { initialMs: number; maxMs: number; resetAfterMs: number; now?: () => number }

/**
 * How long to wait before the next start: at once after the first failure, then `initialMs` doubling up to `maxMs`;
 * all is forgotten when the thing had worked for `resetAfterMs`.
 * Source: https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy
 */
export function createBackOff({ initialMs, maxMs, resetAfterMs, now = Date.now }: Options) {
  let entry: { delayMs: number; since: number } | undefined
  return {
    /** Milliseconds to wait from now on, for a thing that failed at `failedAt` (epoch milliseconds). */
    delayFor(failedAt: number): number {
      if (!entry || failedAt - entry.since > resetAfterMs) return 0
      return Math.max(0, failedAt + entry.delayMs - now())
    },
    /** The whole delay that applies now, for messages. */
    current: () => entry?.delayMs ?? 0,
    /** Call it when the wait is over and the thing is tried again. */
    tried(failedAt: number) {
      const isFresh = !entry || failedAt - entry.since > resetAfterMs
      entry = { delayMs: isFresh ? initialMs : Math.min((entry?.delayMs ?? 0) * 2, maxMs), since: now() }
    },
  }
}
export type BackOff = ReturnType<typeof createBackOff>
