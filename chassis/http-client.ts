import { ExpectedError } from './errors.ts'
import type { Metrics } from './metrics.ts'
import { traceHeaders } from './trace.ts'

type Options = {
  /** The name of the other side, in metrics and errors. */
  upstream: string
  baseUrl: string
  timeoutMs?: number
  headers?: Record<string, string>
  metrics?: Pick<Metrics, 'upstreamSeconds'>
}

export type Answer = { status: number; headers: Headers; body: unknown }
export type Call = {
  method?: string
  body?: unknown
  headers?: Record<string, string>
  signal?: AbortSignal
  timeoutMs?: number
}

/**
 * Calls another service: deadline, trace header, metrics. Resolves with any status the other side answered; throws
 * `unavailable` (UPSTREAM_UNREACHABLE, UPSTREAM_TIMEOUT) if it did not answer. A JSON body is parsed, else it is a string.
 */
export function createHttpClient({ upstream, baseUrl, timeoutMs = 2_000, headers = {}, metrics }: Options) {
  return async function call(path: string, options: Call = {}): Promise<Answer> {
    const deadline = AbortSignal.timeout(options.timeoutMs ?? timeoutMs)
    const startedAt = performance.now()
    const observe = (outcome: 'ok' | 'error' | 'timeout') =>
      metrics?.upstreamSeconds.observe({ upstream, outcome }, (performance.now() - startedAt) / 1000)
    try {
      const response = await fetch(new URL(path, withSlash(baseUrl)), {
        method: options.method ?? 'GET',
        headers: {
          accept: 'application/json',
          ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...traceHeaders(),
          ...headers,
          ...options.headers,
        },
        body: options.body === undefined ? undefined : JSON.stringify(options.body),
        redirect: 'manual',
        signal: options.signal ? AbortSignal.any([options.signal, deadline]) : deadline,
      })
      const text = await response.text()
      observe(response.status >= 500 ? 'error' : 'ok')
      return { status: response.status, headers: response.headers, body: parse(text, response.headers) }
    } catch (cause) {
      observe(deadline.aborted ? 'timeout' : 'error')
      options.signal?.throwIfAborted()
      throw deadline.aborted
        ? new ExpectedError('unavailable', 'UPSTREAM_TIMEOUT', `${upstream} did not answer in time.`, {
            cause,
          })
        : new ExpectedError('unavailable', 'UPSTREAM_UNREACHABLE', `${upstream} can not be reached.`, {
            cause,
          })
    }
  }
}
export type HttpClient = ReturnType<typeof createHttpClient>

function parse(text: string, headers: Headers): unknown {
  if (!/[/+]json\b/.test(headers.get('content-type') ?? '') || text === '') return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

// A base with a path needs the slash, or `new URL` drops its last segment.
function withSlash(baseUrl: string): string {
  return baseUrl.endsWith('/') ? baseUrl : `${baseUrl}/`
}
