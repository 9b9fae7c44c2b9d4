import type { createLock } from './create-lock.ts'

type Lock = ReturnType<typeof createLock>

/**
 * Runs a task under a lock. Calls made while a run is queued share it, so no caller gets a result older than its
 * call.
 */
export function shareWaiting<T>(lock: Lock, task: () => Promise<T>): () => Promise<T> {
  let waiting: Promise<T> | undefined
  return () => {
    waiting ??= lock(() => {
      waiting = undefined
      return task()
    })
    return waiting
  }
}
