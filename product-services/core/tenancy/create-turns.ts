// As long as the pool lets a caller wait for a connection.
const MAX_WAIT_MS = 1_500

/**
 * Creates a function that runs the work of one key one at a time, in the order of the calls. Work that has waited for 1.5 seconds runs
 * anyway, so that work that hangs delays nobody for longer than the database itself would.
 */
export function createTurns() {
  const last = new Map<string, Promise<void>>()

  return async function inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
    const previous = last.get(key)
    const { promise: own, resolve: end } = Promise.withResolvers<void>()
    last.set(key, own)
    try {
      if (previous) await waitFor(previous)
      return await work()
    } finally {
      end()
      if (last.get(key) === own) last.delete(key)
    }
  }
}

async function waitFor(previous: Promise<void>): Promise<void> {
  const { promise: timeout, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, MAX_WAIT_MS)
  await Promise.race([previous, timeout])
  clearTimeout(timer)
}
