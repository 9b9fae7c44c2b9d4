/** A reading of a client's hybrid logical clock: when a value was written, and by whom. */
export type Stamp = { ms: number; counter: number; clientId: string }

/** Orders two stamps by time, then counter, then client: negative if `a` is older, 0 only if they are the same stamp. */
export function compareStamps(a: Stamp, b: Stamp): number {
  return a.ms - b.ms || a.counter - b.counter || compareText(a.clientId, b.clientId)
}

/** Returns a stamp as text, `-` for none; equal texts mean equal stamps. */
export function stampKey(stamp: Stamp | null | undefined): string {
  return stamp ? `${stamp.ms}.${stamp.counter}.${stamp.clientId}` : '-'
}

// By code unit, as on every device; a locale's order would differ between devices.
function compareText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
