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
  const latencies: number[] = []
  let next = 0
  let unexpected = 0
  const startedAt = performance.now()
  const runWorker = async () => {
    while (next < requests) {
      const index = next++
      const sentAt = performance.now()
      const isExpected = await work(index)
      latencies.push(performance.now() - sentAt)
      if (!isExpected) unexpected += 1
    }
  }
  await Promise.all(Array.from({ length: concurrency }, runWorker))
  const seconds = (performance.now() - startedAt) / 1000
  latencies.sort((a, b) => a - b)
  return {
    requests,
    perSecond: requests / seconds,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    unexpected,
  }
}

function quantile(sorted: number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}
