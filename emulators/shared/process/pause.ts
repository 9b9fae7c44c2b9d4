import { setTimeout as sleep } from 'node:timers/promises'

/** Waits this many milliseconds, or until the signal is aborted; never throws. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  if (ms > 0) await sleep(ms, undefined, { signal }).catch(() => {})
}
