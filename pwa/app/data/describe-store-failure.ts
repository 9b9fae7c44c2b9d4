import type { WaitingGesture } from '../../store/gesture-queue.ts'

/** Says where a change is that the database could not take; `waiting` are the gestures that wait for it. */
export function describeStoreFailure(error: unknown, waiting: readonly WaitingGesture[]): string {
  if (waiting.length === 0)
    return 'This device cannot store the change. Settings shows it under “Needs attention”.'
  if (!waiting.every(({ isJournaled }) => isJournaled))
    return 'The device storage is full: the change is kept only while this page is open. Free some space, then try again.'
  const isFull = error instanceof DOMException && error.name === 'QuotaExceededError'
  return isFull
    ? 'The device storage is full. Kept on this device, and synced once there is space.'
    : 'The browser cannot store it now. Kept on this device, and synced as soon as it can.'
}
