import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/**
 * Starts a proxy that forwards everything, except that it holds back one write request, counted from 1, until it is released. It
 * forwards that one even if its sender is long gone.
 */
export async function startHoldingProxy(target: string) {
  let writes = 0
  let wanted = Number.POSITIVE_INFINITY
  let held = Promise.withResolvers<void>()
  let released = Promise.withResolvers<void>()
  const server = createServer(async (request, response) => {
    const body = await buffer(request)
    writes += isWrite(request) ? 1 : 0
    if (isWrite(request) && writes === wanted) {
      held.resolve()
      await released.promise
    }
    const answer = await fetch(target + request.url, {
      method: request.method,
      headers: headersOf(request),
      body: body.length > 0 ? new Uint8Array(body) : undefined,
    })
    const headers = { 'content-type': answer.headers.get('content-type') ?? 'application/json' }
    response.writeHead(answer.status, headers).end(Buffer.from(await answer.arrayBuffer()))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Holds back the given write from now on. */
    hold(write: number): void {
      writes = 0
      wanted = write
      held = Promise.withResolvers()
      released = Promise.withResolvers()
    },
    /** Resolves once that write is held back. */
    held: () => held.promise,
    release: () => released.resolve(),
    async stop() {
      released.resolve()
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

// A refresh of Argo CD is a GET.
function isWrite({ method, url = '' }: IncomingMessage): boolean {
  return method !== 'GET' || url.includes('refresh=')
}

function headersOf({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      typeof value === 'string' && !HOP_BY_HOP.has(name) ? [[name, value]] : [],
    ),
  )
}

const HOP_BY_HOP = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'keep-alive',
  'expect',
])
