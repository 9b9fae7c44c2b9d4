import type { Log } from '@goalixa/chassis/log'
import { createApiServer } from './api/create-api-server.ts'
import { runControllers } from './controllers/run-controllers.ts'
import { limitRangeAdmission } from './core/limit-ranges/admission.ts'
import { namespaces } from './core/namespaces/kind.ts'
import { quotaAdmission } from './core/resource-quotas/admission.ts'
import { clusterIpAdmission } from './core/services/cluster-ip-admission.ts'
import { services } from './core/services/kind.ts'
import { nodePortAdmission } from './core/services/node-port-admission.ts'
import { KINDS } from './kinds.ts'
import type { Clock } from './registry/clock.ts'
import { createCluster } from './registry/cluster.ts'
import { createStore } from './store/store.ts'

type Options = {
  host?: string
  /** 0 chooses a free port. */
  port?: number
  token: string
  readerToken?: string
  serviceCidr?: string
  log: Log
  now?: Clock
  /** False leaves objects and statuses as clients write them, as a kube-apiserver without a controller manager does. */
  runsControllers?: boolean
}

/** Creates an API server with its controllers, all in memory. Stopping it deletes everything. */
export function createControlPlane(options: Options) {
  const {
    host = '127.0.0.1',
    port = 0,
    token,
    readerToken,
    serviceCidr = '127.40.0.0/20',
    log,
    now = () => new Date(),
    runsControllers = true,
  } = options
  // Seconds since the epoch: a client with a revision of an earlier run has to list again.
  const store = createStore({ firstRevision: Math.floor(now().getTime() / 1000) })
  const cluster = createCluster({
    kinds: KINDS,
    store,
    now,
    mutatingAdmission: [clusterIpAdmission(serviceCidr), nodePortAdmission, limitRangeAdmission],
    validatingAdmission: [quotaAdmission],
  })
  const server = createApiServer({ cluster, tokens: { admin: token, reader: readerToken }, host, port, log })
  let controllers: { stop(): void } | undefined

  return {
    async start(): Promise<{ url: string; certificate: string }> {
      for (const name of ['default', 'kube-system', 'kube-public', 'kube-node-lease'])
        cluster.create(namespaces, { metadata: { name } })
      if (runsControllers) controllers = runControllers(cluster, log)
      const { url, certificate } = await server.start()
      cluster.create(services, {
        metadata: {
          name: 'kubernetes',
          namespace: 'default',
          labels: { component: 'apiserver', provider: 'kubernetes' },
        },
        spec: { ports: [{ name: 'https', port: 443, targetPort: Number(new URL(url).port) }] },
      })
      log.info({ url }, 'control plane started')
      return { url, certificate }
    },
    async stop(): Promise<void> {
      controllers?.stop()
      await server.stop()
      log.info('control plane stopped')
    },
  }
}
