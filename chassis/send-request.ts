import http, { type IncomingHttpHeaders } from 'node:http'
import https from 'node:https'

type Sent = { method: string; headers: Record<string, string>; body: string | undefined; signal: AbortSignal }

/** What the other side answered; header names are lower-case. */
export type Received = { status: number; headers: IncomingHttpHeaders; text: string }

// An idle connection is let go before most servers and balancers would cut it under a request.
const KEPT = { keepAlive: true, timeout: 4_000 }
const PLAIN = { request: http.request, agent: new http.Agent(KEPT) }
const SECURE = { request: https.request, agent: new https.Agent(KEPT) }

/**
 * Sends one request over a kept-alive connection and reads the whole answer as UTF-8; redirects are not followed.
 * Rejects with the signal's reason or with what broke the connection. It is not `fetch` because that takes about three
 * times the processor time and twice the memory, and the BFF does little else.
 */
export function sendRequest(url: URL, { method, headers, body, signal }: Sent): Promise<Received> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const { request: open, agent } = url.protocol === 'https:' ? SECURE : PLAIN
    const request = open(url, { method, headers: { ...headers, ...lengthOf(body) }, agent }, response => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('error', reject)
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }))
    })
    const stop = () => {
      reject(signal.reason)
      request.destroy()
    }
    signal.addEventListener('abort', stop, { once: true })
    request.on('error', reject)
    request.on('close', () => {
      signal.removeEventListener('abort', stop)
      // Says nothing after an answer or an error; some ends of a connection are neither.
      reject(new Error('The connection was closed before the answer was complete.'))
    })
    request.end(body)
  })
}

// Node does not tell the length of a DELETE's body by itself, and the other side would take it for the next request.
function lengthOf(body: string | undefined): Record<string, string> {
  return body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
}
