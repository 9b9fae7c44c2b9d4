import type { Log } from '@goalixa/chassis/log'
import { createKubernetesClient } from '@goalixa/emulators-shared/kubernetes/create-kubernetes-client'
import { readKubeconfig } from '@goalixa/emulators-shared/kubernetes/read-kubeconfig'
import { formatMetrics } from '@goalixa/emulators-shared/prometheus/format-metrics'
import Fastify from 'fastify'
import type { StateMetricsConfig } from './config.ts'
import { watchedKinds } from './watched-kinds.ts'

/** Serves the state of the cluster's objects on `/metrics` under the metric names of kube-state-metrics. */
export function createStateMetrics({ config, log }: { config: StateMetricsConfig; log: Log }) {
  const client = createKubernetesClient(readKubeconfig(config.KUBECONFIG), {
    userAgent: 'state-metrics/sandbox',
  })
  const kinds = watchedKinds({ client, log })
  const state = { isReady: false }
  const app = Fastify({ logger: false, forceCloseConnections: true })
  app.get('/livez', async () => ({ status: 'ok' }))
  app.get('/readyz', async (_request, reply) =>
    reply.status(state.isReady ? 200 : 503).send({ status: state.isReady ? 'ok' : 'unready' }),
  )
  app.get('/metrics', async (_request, reply) =>
    reply
      .type('text/plain; version=0.0.4; charset=utf-8')
      .send(formatMetrics(kinds.flatMap(kind => kind.families()))),
  )
  return {
    /** Resolves with the port once every kind has been listed. */
    async start(): Promise<number> {
      const port = Number(new URL(await app.listen({ host: config.HOST, port: config.PORT })).port)
      await Promise.all(kinds.map(kind => kind.start()))
      state.isReady = true
      log.info({ host: config.HOST, port }, 'state metrics started')
      return port
    },
    async stop() {
      for (const kind of kinds) kind.stop()
      await app.close()
      client.close()
      log.info('state metrics stopped')
    },
  }
}
