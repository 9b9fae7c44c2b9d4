import Fastify from 'fastify'
import type { Registry } from 'prom-client'

/** Serves `/metrics` and the probes on a port that is not exposed. */
export function createMetricsServer({
  host,
  port,
  registry,
}: {
  host: string
  port: number
  registry: Registry
}) {
  const app = Fastify({ logger: false, forceCloseConnections: true })
  for (const path of ['/livez', '/readyz']) app.get(path, async () => ({ status: 'ok' }))
  app.get('/metrics', async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  )
  return {
    start: async () => Number(new URL(await app.listen({ host, port })).port),
    stop: () => app.close(),
  }
}
