import type { Stamp } from './sync.schema.ts'

/** Orders two stamps: negative if `a` is older, 0 only if they are the same stamp. */
export function compareStamps(a: Stamp, b: Stamp): number {
  return a.ms - b.ms || a.counter - b.counter || compareText(a.clientId, b.clientId)
}

// By code unit, as on every device; a locale's order would differ between devices.
function compareText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
