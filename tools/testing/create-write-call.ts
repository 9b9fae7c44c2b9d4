import type { WriteCall } from '../write-call.ts'

/** A write call without a lease: its assertions always hold. */
export function createWriteCall(more: Partial<WriteCall> = {}): WriteCall {
  return {
    signal: new AbortController().signal,
    assertLease: async () => undefined,
    assertNotSuspended: () => undefined,
    startedAt: new Date('2026-02-24T10:00:00.000Z'),
    ...more,
  }
}
