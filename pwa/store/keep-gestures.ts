import type { Store } from './open-store.ts'

/** Whether the page may go away: each gesture that waits to be stored is in the journal. */
export function areGesturesKept(store: Pick<Store, 'waiting'>): boolean {
  return store.waiting().every(({ isJournaled }) => isJournaled)
}

/** Stores the gestures that only this page holds, and returns whether the page may go away now. */
export async function keepGestures(
  store: Pick<Store, 'settled' | 'waiting' | 'storeWaiting'>,
): Promise<boolean> {
  await store.settled()
  if (areGesturesKept(store)) return true
  await store.storeWaiting().catch(() => {})
  return areGesturesKept(store)
}
