import { createHttpAndHttpsServer } from '@goalixa/emulators-shared/http/create-http-and-https-server'
import { createSelfSignedCertificate } from '@goalixa/emulators-shared/http/create-self-signed-certificate'
import Fastify from 'fastify'
import type { PodManager } from '../pods/create-pod-manager.ts'
import type { Stats } from '../stats/create-stats.ts'
import { formatCadvisorMetrics } from '../stats/format-cadvisor-metrics.ts'
import { formatResourceMetrics } from '../stats/format-resource-metrics.ts'
import { sendContainerLog } from './send-container-log.ts'

type Options = { host: string; port: number; pods: PodManager; stats: Stats }

/**
 * Creates the kubelet's server: probes, logs for the API server, metrics for Prometheus. A real API server asks for logs
 * over HTTPS, with whatever certificate.
 */
export function createKubeletServer({ host, port, pods, stats }: Options) {
  const app = Fastify({ logger: false })
  let server: ReturnType<typeof createHttpAndHttpsServer> | undefined
  for (const path of ['/livez', '/readyz', '/healthz']) app.get(path, async () => 'ok')
  app.get('/metrics/cadvisor', async (_request, reply) =>
    reply.type(METRICS).send(formatCadvisorMetrics(stats.usages())),
  )
  app.get('/metrics/resource', async (_request, reply) =>
    reply.type(METRICS).send(formatResourceMetrics(stats.usages())),
  )
  app.get('/containerLogs/:namespace/:pod/:container', (request, reply) =>
    sendContainerLog(pods, request, reply),
  )
  return {
    /** Resolves with the port on which it listens. */
    async start(): Promise<number> {
      await app.ready()
      const certificate = await createSelfSignedCertificate('kubelet')
      server = createHttpAndHttpsServer({ host, port, ...certificate, listener: app.routing })
      return server.listen()
    },
    async stop() {
      await server?.close()
      await app.close()
    },
  }
}

const METRICS = 'text/plain; version=0.0.4; charset=utf-8'
