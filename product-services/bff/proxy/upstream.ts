import { ExpectedError } from '@goalixa/chassis/errors'
import type { Answer, Call, HttpClient } from '@goalixa/chassis/http-client'
import { Problem } from '@goalixa/chassis/problem'

/**
 * Calls a service behind the BFF and passes on what it answered, unless it failed: then throws `unavailable` (it was
 * 503 or could not be reached) or `bad-upstream` (any other 5xx), never an "unauthenticated".
 */
export function createUpstream({ name, call }: { name: string; call: HttpClient }) {
  return async function ask(path: string, options?: Call): Promise<Answer> {
    const answer = await call(path, options).catch(error => callAgain(error, path, options))
    if (answer.status < 500) return answer
    const { data: problem } = Problem.partial().safeParse(answer.body)
    const says = `${name} answered ${answer.status}${problem?.code ? ` ${problem.code}` : ''}.`
    if (answer.status === 503) throw new ExpectedError('unavailable', 'UPSTREAM_UNAVAILABLE', says)
    throw new ExpectedError('bad-upstream', 'UPSTREAM_FAILED', says)
  }

  // A kept-alive connection to a pod that has just ended fails once. Only reads may be repeated blindly.
  function callAgain(error: unknown, path: string, options: Call = {}): Promise<Answer> {
    const isLostConnection = error instanceof ExpectedError && error.code === 'UPSTREAM_UNREACHABLE'
    const isRead = options.method === undefined || options.method === 'GET'
    if (isLostConnection && isRead) return call(path, options)
    throw error
  }
}
export type Upstream = ReturnType<typeof createUpstream>
