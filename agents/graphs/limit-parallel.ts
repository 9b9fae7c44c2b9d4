/** Lets at most `most` pieces of work run at the same time; the others wait for their turn, in order. */
export function limitParallel(most: number) {
  let running = 0
  const waiting: (() => void)[] = []

  return async function run<T>(work: () => Promise<T>): Promise<T> {
    if (running >= most) await new Promise<void>(resolve => waiting.push(resolve))
    else running += 1
    try {
      return await work()
    } finally {
      // The place is handed on, so that nobody can slip in between.
      const next = waiting.shift()
      if (next) next()
      else running -= 1
    }
  }
}
export type LimitParallel = ReturnType<typeof limitParallel>
