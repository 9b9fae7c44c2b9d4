import { ExpectedError } from '@goalixa/chassis/errors'
import type { HttpCallOptions, HttpClient, HttpResponse } from '@goalixa/chassis/http-client'
import { Problem } from '@goalixa/chassis/problem'

/**
 * Creates a function that calls a service behind the BFF and returns any answer below 500. Otherwise it throws
 * `unavailable` (503 or unreachable) or `bad-upstream` (any other 5xx), never `unauthenticated`.
 */
export function createUpstream({ name, call }: { name: string; call: HttpClient }) {
  return async function callUpstream(path: string, options?: HttpCallOptions): Promise<HttpResponse> {
    const answer = await call(path, options).catch(error => retryRead(error, path, options))
    if (answer.status < 500) return answer
    const { data: problem } = Problem.partial().safeParse(answer.body)
    const message = `${name} answered ${answer.status}${problem?.code ? ` ${problem.code}` : ''}.`
    if (answer.status === 503) throw new ExpectedError('unavailable', 'UPSTREAM_UNAVAILABLE', message)
    throw new ExpectedError('bad-upstream', 'UPSTREAM_FAILED', message)
  }

  // A new connection to a pod that has just ended fails once; the client repeats over old ones. Only reads are safe to repeat.
  function retryRead(error: unknown, path: string, options: HttpCallOptions = {}): Promise<HttpResponse> {
    const isLostConnection = error instanceof ExpectedError && error.code === 'UPSTREAM_UNREACHABLE'
    const isRead = options.method === undefined || options.method === 'GET'
    if (isLostConnection && isRead) return call(path, options)
    throw error
  }
}
export type Upstream = ReturnType<typeof createUpstream>
