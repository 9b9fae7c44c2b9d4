import type { Stamp } from './stamp.ts'

// Before every id of a device, so that a derived stamp is older than the device's own next one, even in one millisecond.
const DERIVED = '-'
const MAX_ID_LENGTH = 64

/**
 * Returns the stamp of a value that the server derives because of a value it has seen: newer than the seen stamp, and
 * older than anything that its author writes afterwards.
 */
export function derivedAfter({ ms, counter, clientId }: Stamp): Stamp {
  if (!clientId.startsWith(DERIVED))
    return { ms, counter: counter + 1, clientId: (DERIVED + clientId).slice(0, MAX_ID_LENGTH) }
  return clientId.length < MAX_ID_LENGTH
    ? { ms, counter, clientId: clientId + DERIVED }
    : { ms, counter: counter + 1, clientId }
}

/** Whether the server derived the value with this stamp: nobody wrote it. */
export function isDerived({ clientId }: Stamp): boolean {
  return clientId.startsWith(DERIVED)
}

/** Whether a stamp was derived from another one, directly or in several steps. */
export function isDerivedFrom({ ms, counter, clientId }: Stamp, seen: Stamp): boolean {
  const first = derivedAfter(seen)
  const isSameTime = ms === first.ms && counter === first.counter
  return (
    isSameTime && clientId.startsWith(first.clientId) && /^-*$/.test(clientId.slice(first.clientId.length))
  )
}
