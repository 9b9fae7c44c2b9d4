/** What a call of a write gets besides its input, and the search for its effect as well. */
export type WriteCall = {
  /** Aborts the call: its deadline has passed, or its caller stops. */
  signal: AbortSignal
  /**
   * Awaited directly before each request that changes something in another system, by `sendProved`. Rejects with
   * `unavailable` LEASE_LOST if the caller no longer holds its lease: another worker may be performing the same step.
   */
  prove(): Promise<void>
  /**
   * Called as the request is handed over. Throws `unavailable` LEASE_LOST if the proof is no longer fresh, because this process was
   * stopped in between.
   */
  confirm(): void
  /** When the step first began. It is the same for every attempt, so that content made from it is the same as well. */
  startedAt: Date
}

/** Sends a request that changes something, in the same turn of the event loop in which the proof was found fresh. */
export async function sendProved<T>(
  { prove, confirm }: Pick<WriteCall, 'prove' | 'confirm'>,
  send: () => Promise<T>,
): Promise<T> {
  await prove()
  confirm()
  return send()
}
