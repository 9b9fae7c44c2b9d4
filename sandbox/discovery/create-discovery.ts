import type { Log } from '@goalixa/chassis/log'
import { createKubernetesClient } from '@goalixa/emulators-shared/kubernetes/create-kubernetes-client'
import type { Node, Pod } from '@goalixa/emulators-shared/kubernetes/objects'
import { readKubeconfig } from '@goalixa/emulators-shared/kubernetes/read-kubeconfig'
import { watchObjects } from '@goalixa/emulators-shared/kubernetes/watch-objects'
import Fastify from 'fastify'
import { nodeTargets, podTargets } from './build-target-groups.ts'
import type { readDiscoveryConfig } from './config.ts'

type Options = { config: ReturnType<typeof readDiscoveryConfig>; log: Log }

/**
 * Serves Prometheus' HTTP service discovery for the pods and nodes of a cluster: `/pod` and `/node`. Debian builds
 * Prometheus without its Kubernetes discovery; this provides the same targets with the same meta labels.
 */
export function createDiscovery({ config, log }: Options) {
  const client = createKubernetesClient(readKubeconfig(config.KUBECONFIG), { userAgent: 'discovery/sandbox' })
  const pods = watchObjects<Pod>({ client, path: '/api/v1/pods', log })
  const nodes = watchObjects<Node>({ client, path: '/api/v1/nodes', log })
  const app = Fastify({ logger: false, forceCloseConnections: true })
  app.get('/livez', async () => ({ status: 'ok' }))
  app.get('/pod', async () => podTargets(pods.list()))
  app.get('/node', async () => nodeTargets(nodes.list()))
  return {
    async start(): Promise<string> {
      await Promise.all([pods.start(), nodes.start()])
      const url = await app.listen({ host: config.HOST, port: config.PORT })
      log.info({ url }, 'discovery started')
      return url
    },
    async stop() {
      pods.stop()
      nodes.stop()
      await app.close()
      client.close()
    },
  }
}
