/** Longest pause before one step, so that the less urgent advance as well. */
const PAUSE_MS = 1_000

// Verification mostly waits, for minutes.
const PATIENT_NODE = 'verify'

type Thread = { urgency: number; isPatient: boolean }

/**
 * Lets the threads of this process take turns at every step: while a more urgent one runs (a smaller `urgency`), others pause, because
 * they share one processor and one database with it. A thread that nobody entered never waits.
 */
export function createTurns({ pauseMs = PAUSE_MS } = {}) {
  const threads = new Map<string, Thread>()
  let waiters: (() => void)[] = []

  return {
    /** Runs `work` as this thread. */
    async run<T>(investigationId: string, urgency: number, work: () => Promise<T>): Promise<T> {
      threads.set(investigationId, { urgency, isPatient: false })
      try {
        return await work()
      } finally {
        threads.delete(investigationId)
        wakeAll()
      }
    },
    /** Whether no thread that is more urgent runs. */
    isTurn,
    /** Resolves once it is this thread's turn, or after the longest pause. Called with the node that is about to run. */
    async take(investigationId: string, node: string): Promise<void> {
      const thread = threads.get(investigationId)
      if (thread) thread.isPatient = node === PATIENT_NODE
      if (thread?.isPatient) wakeAll()
      const deadline = performance.now() + pauseMs
      while (!isTurn(investigationId) && performance.now() < deadline) await untilChange(deadline)
    },
  }

  function isTurn(investigationId: string): boolean {
    const own = threads.get(investigationId)?.urgency ?? 0
    return ![...threads.values()].some(({ urgency, isPatient }) => urgency < own && !isPatient)
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
