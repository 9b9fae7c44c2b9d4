import { setTimeout as sleep } from 'node:timers/promises'

/** Waits so many milliseconds, or less if the signal comes first; never throws. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  if (ms > 0) await sleep(ms, undefined, { signal }).catch(() => {})
}
