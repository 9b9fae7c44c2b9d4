import type { WaitingGesture } from '../../store/gesture-queue.ts'

/** Says where a change is that the database could not take; `waiting` are the gestures that wait for it. */
export function describeStoreFailure(error: unknown, waiting: readonly WaitingGesture[]): string {
  if (waiting.length === 0)
    return 'This device cannot store the change. Settings shows it under “Needs attention”.'
  if (!waiting.every(({ isJournaled }) => isJournaled))
    return 'The device storage is full: the change is kept only while this page is open. Free some space, then try again.'
  const isFull = error instanceof DOMException && error.name === 'QuotaExceededError'
  return isFull
    ? 'Kept on this device, not synced: the device storage is full. It is stored once there is space.'
    : 'Kept on this device, not synced: the browser cannot store it now. It is stored as soon as it can.'
}
