import { createServer, type IncomingMessage, request } from 'node:http'
import { type AddressInfo, connect } from 'node:net'

type Options = {
  /** Names that only the proxy can resolve, each with the port of 127.0.0.1 behind it. */
  hosts: Record<string, number>
  /** `user:password`, without which it answers 407. */
  credentials?: string
}

/** A real HTTP proxy, with CONNECT for https:// and forwarding for http:// addresses. `seen` lists what was requested of it. */
export async function startProxy({ hosts, credentials }: Options) {
  const seen: string[] = []
  const server = createServer((incoming, response) => {
    const url = new URL(incoming.url ?? '', 'http://unknown.test')
    seen.push(`${incoming.method} ${url.href}`)
    if (!isAllowed(incoming, credentials)) return void response.writeHead(407).end('no credentials')
    const port = hosts[url.hostname]
    if (port === undefined) return void response.writeHead(502).end('unknown host')
    const { 'proxy-authorization': _, ...headers } = incoming.headers
    const options = {
      port,
      host: '127.0.0.1',
      method: incoming.method,
      path: url.pathname + url.search,
      headers,
    }
    const outgoing = request(options, answer => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    incoming.pipe(outgoing)
  })
  server.on('connect', (incoming, socket) => {
    seen.push(`CONNECT ${incoming.url}`)
    socket.on('error', () => {})
    if (!isAllowed(incoming, credentials))
      return void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
    const port = hosts[incoming.url?.split(':')[0] ?? '']
    if (port === undefined) return void socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')
    const target = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      target.pipe(socket).pipe(target)
    })
    target.on('error', () => socket.destroy())
    socket.on('close', () => target.destroy())
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    host: `127.0.0.1:${port}`,
    url: `http://${credentials === undefined ? '' : `${credentials}@`}127.0.0.1:${port}`,
    seen,
    async close() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

function isAllowed(incoming: IncomingMessage, credentials: string | undefined): boolean {
  const expected = `Basic ${Buffer.from(credentials ?? '').toString('base64')}`
  return credentials === undefined || incoming.headers['proxy-authorization'] === expected
}
