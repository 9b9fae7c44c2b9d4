import type { createLock } from './create-lock.ts'

type Lock = ReturnType<typeof createLock>

/** Work under a lock whose calls share a run that has not begun yet: nobody gets an answer older than the question. */
export function shareWaiting<T>(lock: Lock, work: () => Promise<T>): () => Promise<T> {
  let waiting: Promise<T> | undefined
  return () => {
    waiting ??= lock(() => {
      waiting = undefined
      return work()
    })
    return waiting
  }
}
