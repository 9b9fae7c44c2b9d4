/**
 * Creates a circuit breaker for a dependency whose answer is useful but not necessary. Once a call has failed, only one in `retryMs` tries again,
 * until one succeeds; all others resolve with undefined at once, so that a dependency that hangs delays one request instead of all.
 * Not for a database: its callers cannot do without it and must receive the reason, and whether it can be used takes a probe to find out,
 * because one failed statement does not prove that it cannot (`create-database-circuit.ts`).
 */
export function createCircuitBreaker({ retryMs, now }: { retryMs: number; now: () => number }) {
  // Undefined while calls succeed.
  let triedAt: number | undefined

  return async function attempt<T>(call: () => Promise<T>): Promise<T | undefined> {
    if (triedAt !== undefined) {
      if (now() - triedAt < retryMs) return undefined
      // Before the call: those that come while it hangs must not wait for it.
      triedAt = now()
    }
    try {
      const answer = await call()
      triedAt = undefined
      return answer
    } catch {
      triedAt ??= now()
      return undefined
    }
  }
}
export type CircuitBreaker = ReturnType<typeof createCircuitBreaker>
