import { createServer, request } from 'node:http'

/**
 * Starts one origin for the browser: `/bff` is forwarded to the BFF, everything else to the app. Resolves once it
 * listens; throws if the port is in use.
 */
export function startProxy({ port, bff, pwa }: { port: number; bff: number; pwa: number }): Promise<void> {
  const server = createServer((incoming, outgoing) => {
    const target = incoming.url?.startsWith('/bff') ? bff : pwa
    const forwarded = request(
      {
        host: '127.0.0.1',
        port: target,
        method: incoming.method,
        path: incoming.url,
        headers: incoming.headers,
      },
      answer => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(outgoing)
      },
    )
    forwarded.on('error', () => {
      outgoing
        .writeHead(502, { 'content-type': 'text/plain' })
        .end('The service is restarting. Try again in a second.\n')
    })
    incoming.pipe(forwarded)
  })
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(`Port ${port} is in use. Choose another one with --port.`)
          : error,
      ),
    )
    server.listen(port, '127.0.0.1', resolve)
  })
}
