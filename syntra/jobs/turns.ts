/** The longest pause before a step, so that less urgent threads advance too. */
const PAUSE_MS = 1_000

// Verification takes minutes, and mostly waits: it must not hold others up.
const PATIENT_NODE = 'verify'
/** How long others pause for one step of a more urgent thread: a step that takes longer mostly waits, too. */
const BUSY_MS = 3_000

type Thread = { urgency: number; busyUntil: number }

/**
 * Lets more urgent threads (smaller `urgency`) of this process go first: while one runs, the others pause before each step, because
 * all threads share one processor and one database. A thread that is not registered by `run` never waits.
 */
export function createTurns({ pauseMs = PAUSE_MS, busyMs = BUSY_MS } = {}) {
  const threads = new Map<string, Thread>()
  let waiters: (() => void)[] = []

  return {
    /** Runs `work` as this thread. */
    async run<T>(investigationId: string, urgency: number, work: () => Promise<T>): Promise<T> {
      threads.set(investigationId, { urgency, busyUntil: performance.now() + busyMs })
      try {
        return await work()
      } finally {
        threads.delete(investigationId)
        wakeAll()
      }
    },
    /** Whether no more urgent thread is running. */
    isTurn,
    /** Resolves once it is this thread's turn, or after the longest pause. Called with the node that is about to run. */
    async take(investigationId: string, node: string): Promise<void> {
      const thread = threads.get(investigationId)
      if (thread) thread.busyUntil = node === PATIENT_NODE ? 0 : performance.now() + busyMs
      if (node === PATIENT_NODE) wakeAll()
      const deadline = performance.now() + pauseMs
      while (!isTurn(investigationId) && performance.now() < deadline) await untilChange(deadline)
    },
  }

  function isTurn(investigationId: string): boolean {
    const own = threads.get(investigationId)?.urgency ?? 0
    const now = performance.now()
    return ![...threads.values()].some(({ urgency, busyUntil }) => urgency < own && now < busyUntil)
  }

  function untilChange(deadline: number): Promise<void> {
    return new Promise(resolve => {
      const timer = setTimeout(resolve, deadline - performance.now())
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
export type Turns = ReturnType<typeof createTurns>
