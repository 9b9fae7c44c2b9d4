import type { Log } from '@goalixa/chassis/log'

type Options = { name: string; log: Log; reconcile: (key: string) => void | Promise<void> }

const FIRST_RETRY_MS = 50
const LAST_RETRY_MS = 30_000

/**
 * Keys waiting for `reconcile`, each at most once. A key whose reconcile throws is retried with exponential backoff.
 */
export function createWorkQueue({ name, log, reconcile }: Options) {
  const waiting = new Set<string>()
  const timers = new Map<string, { timer: NodeJS.Timeout; dueMs: number }>()
  const failures = new Map<string, number>()
  const state = { isRunning: false, isStopped: false }

  function add(key: string) {
    waiting.add(key)
    if (state.isRunning || state.isStopped) return
    state.isRunning = true
    setImmediate(run)
  }

  async function run() {
    // Processes only the keys that wait now: keys added meanwhile are processed after pending requests.
    for (const key of [...waiting]) {
      if (state.isStopped) return
      waiting.delete(key)
      try {
        await reconcile(key)
        failures.delete(key)
      } catch (error) {
        const count = (failures.get(key) ?? 0) + 1
        failures.set(key, count)
        log.debug({ err: error, controller: name, key, count }, 'reconcile failed')
        addAfter(key, Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** count))
      }
    }
    state.isRunning = waiting.size > 0
    if (state.isRunning) setImmediate(run)
  }

  /** Adds a key after a delay, unless it is already scheduled for an earlier time. */
  function addAfter(key: string, ms: number) {
    const dueMs = Date.now() + ms
    const planned = timers.get(key)
    if (state.isStopped || (planned && planned.dueMs <= dueMs)) return
    clearTimeout(planned?.timer)
    const timer = setTimeout(
      () => {
        timers.delete(key)
        add(key)
      },
      Math.min(ms, 2 ** 31 - 1),
    )
    timer.unref()
    timers.set(key, { timer, dueMs })
  }

  return {
    add,
    addAfter,
    stop() {
      state.isStopped = true
      for (const { timer } of timers.values()) clearTimeout(timer)
      waiting.clear()
    },
  }
}
export type WorkQueue = ReturnType<typeof createWorkQueue>
