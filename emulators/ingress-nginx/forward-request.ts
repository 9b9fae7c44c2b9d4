import http from 'node:http'
import { pipeline } from 'node:stream'

export type Target = { address: string; port: number }

type Options = {
  request: http.IncomingMessage
  response: http.ServerResponse
  path: string
  headers: http.OutgoingHttpHeaders
  /** In the order in which they are tried. */
  targets: Target[]
  agent: http.Agent
  readTimeoutMs: number
}
/** The result; `failed` means that no response was started, so the caller still has to send this status. */
export type Outcome = { status: number; upstreamSeconds: number; failed: boolean }

/**
 * Streams a request to the first of up to three endpoints that accepts the connection, and its response back. A
 * request whose body has been sent is never repeated. 502 if none responds, 504 after too long a silence, 499 if the
 * client disconnected. Source of the rules: nginx's `proxy_next_upstream error timeout`.
 */
export async function forwardRequest(options: Options): Promise<Outcome> {
  const startedAt = performance.now()
  const outcome = (status: number, failed: boolean) => ({
    status,
    failed,
    upstreamSeconds: (performance.now() - startedAt) / 1_000,
  })
  for (const target of options.targets.slice(0, 3)) {
    const attempt = await tryTarget(options, target)
    if (attempt.kind === 'answered') return outcome(attempt.status, false)
    if (attempt.kind === 'client-left') return outcome(499, false)
    if (attempt.kind === 'silent') return outcome(504, true)
    if (attempt.kind === 'broken') return outcome(502, true)
  }
  return outcome(502, true)
}

type Attempt =
  | { kind: 'answered'; status: number }
  | { kind: 'refused' | 'broken' | 'silent' | 'client-left' }

function tryTarget(options: Options, { address, port }: Target): Promise<Attempt> {
  const { request, response, path, headers, agent, readTimeoutMs } = options
  const hasBody =
    request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0
  return new Promise(resolve => {
    let isSilent = false
    let isBodySent = false
    const upstream = http.request({ host: address, port, method: request.method, path, headers, agent })
    const onClientGone = () => {
      if (response.writableFinished) return
      resolve({ kind: 'client-left' })
      upstream.destroy()
    }
    response.once('close', onClientGone)
    const give = (attempt: Attempt) => {
      response.off('close', onClientGone)
      resolve(attempt)
    }
    upstream.setTimeout(readTimeoutMs, () => {
      isSilent = true
      upstream.destroy()
    })
    const sendBody = () => {
      isBodySent = hasBody
      if (hasBody) request.pipe(upstream)
      else upstream.end()
    }
    upstream.once('socket', socket => {
      if (socket.connecting) socket.once('connect', sendBody)
      else sendBody()
    })
    upstream.on('error', () => {
      if (response.headersSent) return
      if (isSilent) give({ kind: 'silent' })
      else give({ kind: isBodySent || !isSafeToRepeat(request, upstream) ? 'broken' : 'refused' })
    })
    upstream.once('response', answer => {
      response.writeHead(answer.statusCode ?? 502, answer.statusMessage, dropHopByHopHeaders(answer.headers))
      pipeline(answer, response, () => give({ kind: 'answered', status: answer.statusCode ?? 502 }))
    })
  })
}

// Without a connection nothing was sent, so a retry is safe; after it, only for requests that change nothing.
function isSafeToRepeat(request: http.IncomingMessage, upstream: http.ClientRequest): boolean {
  const wasConnected =
    upstream.socket !== null && upstream.socket?.connecting === false && upstream.socket.bytesWritten > 0
  return !wasConnected || request.method === 'GET' || request.method === 'HEAD'
}

/** Drops the hop-by-hop headers. Source: RFC 9110 section 7.6.1. */
export function dropHopByHopHeaders(headers: http.IncomingHttpHeaders): http.OutgoingHttpHeaders {
  const named = (headers.connection ?? '').split(',').map(name => name.trim().toLowerCase())
  const dropped = new Set([...HOP_BY_HOP, ...named])
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !dropped.has(name)))
}

const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]
