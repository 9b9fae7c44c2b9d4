import type { Store } from './open-store.ts'

/** A database that hangs must not keep the page from saying so. */
const WAIT_MS = 5_000

/** Whether the page may go away: each gesture that waits to be stored is in the journal. */
export function areGesturesKept(store: Pick<Store, 'waiting'>): boolean {
  return store.waiting().every(({ isJournaled }) => isJournaled)
}

/** Stores the gestures that only this page holds, and returns whether the page may go away now. Takes ten seconds at most. */
export async function keepGestures(
  store: Pick<Store, 'settled' | 'waiting' | 'storeWaiting'>,
): Promise<boolean> {
  await inTime(store.settled())
  if (areGesturesKept(store)) return true
  await inTime(store.storeWaiting().catch(() => {}))
  return areGesturesKept(store)
}

function inTime(work: Promise<void>): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, WAIT_MS)
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}
