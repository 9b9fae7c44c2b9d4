import { type IncomingMessage, type ServerResponse, request as sendRequest } from 'node:http'

/** Forwards a request to another server, and its answer back. */
export function forward(address: string, request: IncomingMessage, response: ServerResponse): void {
  const upstream = sendRequest(
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
