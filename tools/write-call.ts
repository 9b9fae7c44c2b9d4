/** What the search for a step's effect gets besides the step's input. */
export type EffectSearch = {
  /** Aborts the call: its deadline has passed, or its caller stops. */
  signal: AbortSignal
  /** When the step first began. It is the same for every attempt, so that content made from it is the same as well. */
  startedAt: Date
}

/** What a call of a write gets besides its input. The clients await `prove` themselves, so that no write is sent without it. */
export type WriteCall = EffectSearch & {
  /**
   * Awaited directly before each request that changes something in another system. Rejects with `conflict` LEASE_LOST if the
   * caller no longer holds its lease: another worker may be performing the same step.
   */
  prove(): Promise<void>
}
