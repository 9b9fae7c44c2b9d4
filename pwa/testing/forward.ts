import { request as ask, type IncomingMessage, type ServerResponse } from 'node:http'

/** Passes a request on to another server, and its answer back. */
export function forward(address: string, request: IncomingMessage, response: ServerResponse): void {
  const upstream = ask(
    new URL(request.url ?? '/', address),
    { method: request.method, headers: request.headers },
    answer => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    },
  )
  upstream.on('error', () => response.headersSent || response.writeHead(502).end())
  request.pipe(upstream)
}
