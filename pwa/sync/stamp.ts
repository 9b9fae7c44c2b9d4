import type { Stamp } from '@goalixa/core/sync/sync.schema'

/** Negative, zero or positive as `a` is before, equal to or after `b`: by time, then counter, then client. */
export function compareStamps(a: Stamp, b: Stamp): number {
  return a.ms - b.ms || a.counter - b.counter || compareText(a.clientId, b.clientId)
}

/** A stamp as one string, equal exactly for equal stamps. */
export function stampKey({ ms, counter, clientId }: Stamp): string {
  return `${ms}.${counter}.${clientId}`
}

function compareText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
