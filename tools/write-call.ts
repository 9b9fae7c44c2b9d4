/** What a write, and the search for its effect, get besides their input. */
export type WriteCall = {
  /** Aborts the call when its deadline has passed or its caller stops. */
  signal: AbortSignal
  /**
   * Awaited by `sendProved` immediately before each request that changes something in another system. Rejects with
   * `unavailable` LEASE_LOST if the caller no longer holds its lease: another worker may be performing the same step.
   */
  prove(): Promise<void>
  /**
   * Called as the request is sent. Throws `unavailable` LEASE_LOST if the proof is no longer fresh, because this process was
   * suspended in between.
   */
  confirm(): void
  /** When the step first started. It is the same for every attempt, so that content derived from it is the same too. */
  startedAt: Date
}

/** Sends a request that changes something, in the same turn of the event loop in which the proof was confirmed as fresh. */
export async function sendProved<T>(
  { prove, confirm }: Pick<WriteCall, 'prove' | 'confirm'>,
  send: () => Promise<T>,
): Promise<T> {
  await prove()
  confirm()
  return send()
}
