import { type Measure, measureWork } from './measure-work.ts'

type Options = {
  url: string
  headers: Record<string, string>
  /** Returns the body of the n-th request; without it the requests are GETs. */
  bodyOf?: (index: number) => unknown
  /** Returns the URL of the n-th request, if they differ. */
  urlOf?: (index: number) => string
  requests: number
  /** Requests in flight at the same time. */
  concurrency: number
  expectStatus: number
}

/** Sends a bounded burst of requests and measures rate and latency. */
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
