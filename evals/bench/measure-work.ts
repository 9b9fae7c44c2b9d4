/** Rate, latency quantiles and the number of unexpected results. */
export type Measure = {
  requests: number
  perSecond: number
  p50Ms: number
  p99Ms: number
  unexpected: number
}

type Options = {
  /** Performs the n-th task; resolves with whether the result was as expected. */
  work: (index: number) => Promise<boolean>
  requests: number
  /** The tasks in flight at the same time. */
  concurrency: number
}

/** Performs a number of tasks and measures their rate and latency. */
export async function measureWork({ work, requests, concurrency }: Options): Promise<Measure> {
  const measure = createMeasure()
  let next = 0
  const runWorker = async () => {
    while (next < requests) {
      const index = next++
      await measure.time(() => work(index))
    }
  }
  await Promise.all(Array.from({ length: concurrency }, runWorker))
  return measure.end()
}

/** A measure of tasks that its caller performs. */
export function createMeasure() {
  const latencies: number[] = []
  let unexpected = 0
  const startedAt = performance.now()
  return {
    /** Performs a task, which resolves with whether its result was as expected. */
    async time(task: () => Promise<boolean>): Promise<void> {
      const sentAt = performance.now()
      const isExpected = await task()
      latencies.push(performance.now() - sentAt)
      if (!isExpected) unexpected += 1
    },
    end(): Measure {
      const seconds = (performance.now() - startedAt) / 1000
      const sorted = latencies.toSorted((left, right) => left - right)
      return {
        requests: sorted.length,
        perSecond: sorted.length / seconds,
        p50Ms: quantile(sorted, 0.5),
        p99Ms: quantile(sorted, 0.99),
        unexpected,
      }
    },
  }
}

function quantile(sorted: number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}
