import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import { createServer as createSecureServer, type ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'

export type ReceivedRequest = {
  method: string
  path: string
  headers: IncomingMessage['headers']
  /** Each header as it was sent, which `headers` joins. */
  headerLines: [name: string, value: string][]
  body: string
}
type Answer = { status?: number; body?: unknown; headers?: Record<string, string> } | 'never'

/** A real HTTP server for tests, or with `tls` a HTTPS one, that answers as the function says: JSON, raw text, or never. Records its requests. */
export async function createAnsweringServer(answer: (asked: ReceivedRequest) => Answer, tls?: ServerOptions) {
  const asked: ReceivedRequest[] = []
  const listener: RequestListener = async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const received: ReceivedRequest = {
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      headerLines: linesOf(request.rawHeaders),
      body: Buffer.concat(chunks).toString('utf8'),
    }
    asked.push(received)
    const { status = 200, body = {}, headers = {} } = resolved(answer(received)) ?? {}
    if (status === 0) return
    const isText = typeof body === 'string'
    if (status === 204) return response.writeHead(204).end()
    response.writeHead(status, { 'content-type': isText ? 'text/plain' : 'application/json', ...headers })
    response.end(isText ? body : JSON.stringify(body))
  }
  const server = tls ? createSecureServer(tls, listener) : createServer(listener)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    port,
    asked,
    async close() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

function linesOf(raw: string[]): [string, string][] {
  return raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1] ?? '']] : []))
}

function resolved(answer: Answer): Exclude<Answer, 'never'> {
  return answer === 'never' ? { status: 0 } : answer
}
