import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** How long a query takes, so that investigations queue up. */
const QUERY_MS = 120

/**
 * A Prometheus as far as recovery checks need one: `chaos_error_ratio{service="…"}` is 0 for a service that heals, and stays
 * high for one that is stubborn, by the second part of its name.
 */
export async function startMetricsServer() {
  const server = createServer(async (request, response) => {
    const { searchParams } = new URL(request.url ?? '/', 'http://metrics')
    const service = /service="([^"]*)"/.exec(searchParams.get('query') ?? '')?.[1] ?? ''
    await sleep(QUERY_MS)
    const value = service.includes('-stubborn-') ? '0.4' : '0'
    const result = [{ metric: { service }, value: [Date.now() / 1000, value] }]
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
