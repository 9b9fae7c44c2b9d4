import type { Stamp } from './stamp.ts'

// Before every id of a device, so that a derived stamp is older than the device's own next one, even in one millisecond.
const DERIVED = '-'
// Not part of any id of a device, so that no two authors' derived stamps are the same.
const AGAIN = '.'
const DIGITS = 9

/**
 * Returns the stamp of a value that the server derives because of a value it has seen: newer than the seen stamp, and
 * older than anything that its author writes afterwards. However often, the counter stays the same: a higher one could be
 * newer than the author's next stamp.
 */
export function derivedAfter({ ms, counter, clientId }: Stamp): Stamp {
  if (!clientId.startsWith(DERIVED)) return { ms, counter: counter + 1, clientId: DERIVED + clientId }
  const [author = '', times = '0'] = clientId.split(AGAIN)
  return { ms, counter, clientId: `${author}${AGAIN}${String(Number(times) + 1).padStart(DIGITS, '0')}` }
}

/** Whether the server derived the value with this stamp: nobody wrote it. */
export function isDerived({ clientId }: Stamp): boolean {
  return clientId.startsWith(DERIVED)
}

/** Whether a stamp was derived from another one, directly or in several steps. */
export function isDerivedFrom({ ms, counter, clientId }: Stamp, seen: Stamp): boolean {
  const first = derivedAfter(seen)
  const isSameTime = ms === first.ms && counter === first.counter
  return isSameTime && authorOf(clientId) === authorOf(first.clientId) && clientId >= first.clientId
}

function authorOf(clientId: string): string | undefined {
  return clientId.split(AGAIN)[0]
}
