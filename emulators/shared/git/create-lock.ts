/** A lock that runs one piece of work at a time, in the order of the calls. */
export function createLock() {
  let last: Promise<unknown> = Promise.resolve()
  return function locked<T>(work: () => Promise<T> | T): Promise<T> {
    const run = last.then(work)
    last = run.catch(() => {})
    return run
  }
}
