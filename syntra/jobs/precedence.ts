import { AsyncLocalStorage } from 'node:async_hooks'

/** The longest pause before a step, and before a statement within a step, so that less urgent threads advance too. */
const PAUSE_MS = 1_000
const STATEMENT_PAUSE_MS = 200

// Verification takes minutes, and mostly waits: it must not hold others up.
const PATIENT_NODE = 'verify'
/** How long others pause for one step of a more urgent thread: a step that takes longer mostly waits, too. */
const BUSY_MS = 3_000
/** How long others pause for a thread that has been announced: its job is on its way through the queue, perhaps to another worker. */
const ANNOUNCED_MS = 500

type Thread = { urgency: number; busyUntil: number }

/**
 * Lets more urgent threads (smaller `urgency`) of this process go first: while one runs or is announced, the others pause before each
 * step and each statement, because all threads share one processor and one database. A thread that is not registered by `run`
 * never waits.
 */
export function createPrecedence({
  pauseMs = PAUSE_MS,
  statementPauseMs = STATEMENT_PAUSE_MS,
  busyMs = BUSY_MS,
  announcedMs = ANNOUNCED_MS,
} = {}) {
  const threads = new Map<string, Thread>()
  let waiters: (() => void)[] = []
  const current = new AsyncLocalStorage<string>()

  return {
    /** Runs `work` as this thread. */
    async run<T>(investigationId: string, urgency: number, work: () => Promise<T>): Promise<T> {
      threads.set(investigationId, { urgency, busyUntil: performance.now() + busyMs })
      try {
        return await current.run(investigationId, work)
      } finally {
        threads.delete(investigationId)
        wakeAll()
      }
    },
    /** Makes others pause for a thread that is about to run, so that it finds an idle process. */
    announce(investigationId: string, urgency: number): void {
      if (threads.has(investigationId)) return
      const announced = { urgency, busyUntil: performance.now() + announcedMs }
      threads.set(investigationId, announced)
      setTimeout(() => {
        if (threads.get(investigationId) !== announced) return
        threads.delete(investigationId)
        wakeAll()
      }, announcedMs).unref()
    },
    /** Whether no more urgent thread is running or announced. */
    isFirst,
    /** Resolves once it is this thread's turn, or after the longest pause. Called with the node that is about to run. */
    async yieldStep(investigationId: string, node: string): Promise<void> {
      const thread = threads.get(investigationId)
      if (thread) thread.busyUntil = node === PATIENT_NODE ? 0 : performance.now() + busyMs
      if (node === PATIENT_NODE) wakeAll()
      await pause(investigationId, pauseMs)
    },
    /** The same for the thread that is calling, before it uses the database. */
    async yieldStatement(): Promise<void> {
      const investigationId = current.getStore()
      if (investigationId !== undefined) await pause(investigationId, statementPauseMs)
    },
  }

  function isFirst(investigationId: string): boolean {
    const own = threads.get(investigationId)?.urgency ?? 0
    const now = performance.now()
    return ![...threads.values()].some(({ urgency, busyUntil }) => urgency < own && now < busyUntil)
  }

  async function pause(investigationId: string, longestMs: number) {
    const deadline = performance.now() + longestMs
    while (!isFirst(investigationId) && performance.now() < deadline) await untilChange(deadline)
  }

  function untilChange(deadline: number): Promise<void> {
    return new Promise(resolve => {
      const timer = setTimeout(resolve, Math.max(0, deadline - performance.now()))
      waiters.push(() => {
        clearTimeout(timer)
        resolve()
      })
    })
  }

  function wakeAll() {
    const woken = waiters
    waiters = []
    for (const wake of woken) wake()
  }
}
export type Precedence = ReturnType<typeof createPrecedence>
