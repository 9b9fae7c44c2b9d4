import type { WriteCall } from '../write-call.ts'

/** A write call without a lease: `prove` never rejects and `confirm` never throws. */
export function createWriteCall(more: Partial<WriteCall> = {}): WriteCall {
  return {
    signal: new AbortController().signal,
    prove: async () => undefined,
    confirm: () => undefined,
    startedAt: new Date('2026-02-24T10:00:00.000Z'),
    ...more,
  }
}
