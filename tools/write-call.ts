/** What a write, and the search for its effect, get besides their input. */
export type WriteCall = {
  /** Aborts the call when its deadline has passed or its caller stops. */
  signal: AbortSignal
  /**
   * Awaited by `sendUnderLease` immediately before each request that changes something in another system. Rejects with
   * `unavailable` LEASE_LOST if the caller no longer holds its lease: another worker may be performing the same step.
   */
  assertLease(): Promise<void>
  /**
   * Called as the request is sent. Throws `unavailable` LEASE_LOST if this process has been suspended since for so long that another worker
   * may have taken over.
   */
  assertNotSuspended(): void
  /** When the step first started. It is the same for every attempt, so that content derived from it is the same too. */
  startedAt: Date
}

/** Sends a request that changes something, in the same turn of the event loop in which the last check was made. */
export async function sendUnderLease<T>(
  { assertLease, assertNotSuspended }: Pick<WriteCall, 'assertLease' | 'assertNotSuspended'>,
  send: () => Promise<T>,
): Promise<T> {
  await assertLease()
  assertNotSuspended()
  return send()
}
