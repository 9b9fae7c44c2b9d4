/** The error of work whose lock another tab has taken over. */
export class LockLost extends Error {
  override name = 'LockLost'
}

/** What runs under a lock. `signal` aborts once another tab has taken the lock over: send and store nothing from then on. */
type Run<T> = (signal: AbortSignal) => Promise<T>

/** Creates access to the Web Locks that all tabs of this profile share. A suspended tab keeps its locks for as long as it is suspended. */
export function createTabLocks(locks: Pick<LockManager, 'request'>) {
  function request<T>(name: string, options: LockOptions, run: Run<T>): Promise<T> {
    const lost = new AbortController()
    let isRunning = false
    const result = locks.request(name, options, async () => {
      isRunning = true
      try {
        return await run(lost.signal)
      } finally {
        isRunning = false
      }
    }) as Promise<T>
    // Rejected before `run` has settled: the lock was stolen.
    return result.catch(error => {
      if (!isRunning) throw error
      lost.abort(new LockLost('Another tab has taken the lock over.'))
      throw lost.signal.reason
    })
  }

  async function holdWithin<T>(name: string, waitMs: number, run: Run<T>, otherwise: () => Promise<T>) {
    const timeout = AbortSignal.timeout(waitMs)
    try {
      return await request(name, { signal: timeout }, run)
    } catch (error) {
      if (!timeout.aborted || error !== timeout.reason) throw error
      return otherwise()
    }
  }

  return {
    /** Runs once the lock is free. Throws LockLost if another tab takes it over. */
    hold: <T>(name: string, run: Run<T>) => request(name, {}, run),
    /** Runs if the lock is free within `waitMs`, or else does something else. Throws LockLost if another tab takes it over. */
    holdWithin,
    /** Runs once the lock is free, or takes it from a tab that holds it for longer than `waitMs`. */
    takeOver: <T>(name: string, waitMs: number, run: Run<T>) =>
      holdWithin(name, waitMs, run, () => request(name, { steal: true }, run)),
  }
}
