import { type Measure, measureWork } from './measure-work.ts'

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

/** Sends a bounded burst and measures rate and latency. Goes to loopback only and ends by itself. */
export async function measureRequests(options: Options): Promise<Measure> {
  const { url, headers, bodyOf, urlOf = () => url, requests, concurrency, expectStatus } = options

  async function work(index: number): Promise<boolean> {
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
    return response.status === expectStatus
  }

  return measureWork({ work, requests, concurrency })
}
