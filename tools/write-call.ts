/** What a call of a write gets besides its input, and the search for its effect as well. */
export type WriteCall = {
  /** Aborts the call: its deadline has passed, or its caller stops. */
  signal: AbortSignal
  /**
   * Awaited directly before each request that changes something in another system, by the clients themselves. Rejects with
   * `unavailable` LEASE_LOST if the caller no longer holds its lease: another worker may be performing the same step.
   */
  prove(): Promise<void>
  /** When the step first began. It is the same for every attempt, so that content made from it is the same as well. */
  startedAt: Date
}
