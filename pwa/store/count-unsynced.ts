import type { Store } from './open-store.ts'

/**
 * Counts the person's changes on this device that are not on the server yet: those in the outbox, where one gesture can
 * consist of several ops, and those that the database could not take.
 */
export function countUnsynced(store: Pick<Store, 'outbox' | 'unstoredIds'>): number {
  const groups = store.outbox().map(({ group, seq }) => group ?? seq)
  return new Set([...groups, ...store.unstoredIds()]).size
}
