import type { Stamp } from '@goalixa/core/sync/sync.schema'

/** Orders two stamps by time, then counter, then client: negative if `a` is older. */
export function compareStamps(a: Stamp, b: Stamp): number {
  return a.ms - b.ms || a.counter - b.counter || compareText(a.clientId, b.clientId)
}

/** Returns a stamp as a string; equal strings mean equal stamps. */
export function stampKey({ ms, counter, clientId }: Stamp): string {
  return `${ms}.${counter}.${clientId}`
}

function compareText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
