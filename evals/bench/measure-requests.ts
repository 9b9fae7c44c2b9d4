type Options = {
  url: string
  headers: Record<string, string>
  /** The body of the n-th request; without it nothing is posted but read. */
  bodyOf?: (index: number) => unknown
  /** The address of the n-th request, where they differ. */
  urlOf?: (index: number) => string
  requests: number
  /** Requests in flight at the same time. */
  concurrency: number
  expectStatus: number
}

export type Measure = {
  requests: number
  perSecond: number
  p50Ms: number
  p99Ms: number
  unexpected: number
}

/** Sends a bounded burst and measures rate and latency. Goes to loopback only and ends by itself. */
export async function measureRequests({
  url,
  headers,
  bodyOf,
  urlOf = () => url,
  requests,
  concurrency,
  expectStatus,
}: Options): Promise<Measure> {
  const latencies: number[] = []
  let next = 0
  let unexpected = 0
  const startedAt = performance.now()
  const sendAll = async () => {
    while (next < requests) {
      const index = next++
      const sentAt = performance.now()
      const posted =
        bodyOf === undefined
          ? { headers }
          : {
              method: 'POST',
              headers: { 'content-type': 'application/json', ...headers },
              body: JSON.stringify(bodyOf(index)),
            }
      const response = await fetch(urlOf(index), { ...posted, signal: AbortSignal.timeout(60_000) })
      await response.arrayBuffer()
      latencies.push(performance.now() - sentAt)
      if (response.status !== expectStatus) unexpected += 1
    }
  }
  await Promise.all(Array.from({ length: concurrency }, sendAll))
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
