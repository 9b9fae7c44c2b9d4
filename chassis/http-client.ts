import type { Backpressure } from './backpressure.ts'
import { ExpectedError } from './errors.ts'
import type { Metrics } from './metrics.ts'
import { type Connections, type Received, sendRequest } from './send-request.ts'
import { traceHeaders } from './trace.ts'

type Options = {
  /** The name of the called service, in metrics and errors. */
  upstream: string
  baseUrl: string
  timeoutMs?: number
  headers?: Record<string, string>
  metrics?: Pick<Metrics, 'upstreamSeconds'>
  /** The largest response that is read, in bytes. */
  maxBytes?: number
  /** The connections to use for a call; by default those that all upstreams share. */
  connections?: () => Connections
  /** Converts the text of a response, within the deadline of the call. By default JSON is parsed, and any other body stays a string. */
  parse?: (text: string, contentType: string | undefined, signal: AbortSignal) => unknown
}

const MAX_BYTES = 33_554_432

export type HttpResponse = { status: number; headers: Received['headers']; body: unknown }
export type HttpCallOptions = {
  method?: string
  /** Sent as JSON; bytes are sent as they are. */
  body?: unknown
  headers?: Record<string, string>
  signal?: AbortSignal
  timeoutMs?: number
  backpressure?: Backpressure | undefined
}

/**
 * Creates a function that calls another service, with deadline, trace header and metrics. It resolves with any status
 * that the service answers and throws `unavailable` (UPSTREAM_UNREACHABLE, UPSTREAM_TIMEOUT) if there is no answer,
 * and `too-large` RESPONSE_TOO_LARGE if it is larger than `maxBytes`. A call that the caller aborts, or that cannot be sent, such as a header
 * with a line break, is counted for nobody.
 */
export function createHttpClient({
  upstream,
  baseUrl,
  timeoutMs = 2_000,
  headers = {},
  metrics,
  maxBytes = MAX_BYTES,
  connections,
  parse = parseJsonOrText,
}: Options) {
  return async function call(path: string, options: HttpCallOptions = {}): Promise<HttpResponse> {
    // Before the clock starts: a body or path that cannot be sent is our own fault, never the upstream's.
    const url = new URL(path, withSlash(baseUrl))
    const payload = toPayload(options.body)
    // Not `AbortSignal.timeout`, whose timer cannot be cancelled once the answer has arrived.
    const deadline = new AbortController()
    const timer = setTimeout(() => deadline.abort(), options.timeoutMs ?? timeoutMs)
    const startedAt = performance.now()
    const observe = (outcome: 'ok' | 'error' | 'timeout') =>
      metrics?.upstreamSeconds.observe({ upstream, outcome }, (performance.now() - startedAt) / 1000)
    const signal = options.signal ? AbortSignal.any([options.signal, deadline.signal]) : deadline.signal
    try {
      const {
        status,
        headers: received,
        text,
      } = await sendRequest(url, {
        method: options.method ?? 'GET',
        headers: {
          accept: 'application/json',
          'user-agent': 'node',
          ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
          ...traceHeaders(),
          ...headers,
          ...options.headers,
        },
        body: payload,
        signal,
        upstream,
        maxBytes,
        backpressure: options.backpressure,
        connections: connections?.(),
      })
      const body = await parse(text, received['content-type'], signal)
      observe(status >= 500 ? 'error' : 'ok')
      return { status, headers: received, body }
    } catch (cause) {
      if (cause instanceof TypeError) throw cause
      options.signal?.throwIfAborted()
      observe(deadline.signal.aborted ? 'timeout' : 'error')
      if (cause instanceof ExpectedError) throw cause
      throw deadline.signal.aborted
        ? new ExpectedError('unavailable', 'UPSTREAM_TIMEOUT', `${upstream} did not answer in time.`, {
            cause,
          })
        : new ExpectedError('unavailable', 'UPSTREAM_UNREACHABLE', `${upstream} cannot be reached.`, {
            cause,
          })
    } finally {
      clearTimeout(timer)
    }
  }
}
export type HttpClient = ReturnType<typeof createHttpClient>

function toPayload(body: unknown): string | Uint8Array | undefined {
  if (body === undefined || body instanceof Uint8Array) return body
  return JSON.stringify(body)
}

function parseJsonOrText(text: string, contentType = ''): unknown {
  if (!/[/+]json\b/.test(contentType) || text === '') return text
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
