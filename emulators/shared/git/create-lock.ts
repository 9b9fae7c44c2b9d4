/** Creates a lock that runs one task at a time, in the order of the calls. */
export function createLock() {
  let last: Promise<unknown> = Promise.resolve()
  return function locked<T>(task: () => Promise<T> | T): Promise<T> {
    const run = last.then(task)
    last = run.catch(() => {})
    return run
  }
}
