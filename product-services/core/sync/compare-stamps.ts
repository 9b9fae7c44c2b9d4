import type { Stamp } from './sync.schema.ts'

/** Orders two stamps: negative if `a` is older. Equal only if they are the same stamp. */
export function compareStamps(a: Stamp, b: Stamp): number {
  return a.ms - b.ms || a.counter - b.counter || compareText(a.clientId, b.clientId)
}

// By code unit, as every device does; a locale would order differently here and there.
function compareText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
