import { mkdirSync } from 'node:fs'
import { availableParallelism, totalmem } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Log } from '@goalixa/chassis/log'
import { createKubernetesClient } from '@goalixa/emulators-shared/kubernetes/create-kubernetes-client'
import { createServiceDirectory } from '@goalixa/emulators-shared/kubernetes/create-service-directory'
import type { Ingress } from '@goalixa/emulators-shared/kubernetes/objects'
import { parseQuantity } from '@goalixa/emulators-shared/kubernetes/parse-quantity'
import { readKubeconfig } from '@goalixa/emulators-shared/kubernetes/read-kubeconfig'
import { watchObjects } from '@goalixa/emulators-shared/kubernetes/watch-objects'
import type { KubeletConfig } from './config.ts'
import { createGroupLedger } from './containers/create-group-ledger.ts'
import { createOrphanKiller } from './containers/create-orphan-killer.ts'
import type { Runtime } from './containers/runtime.ts'
import { buildDnsRecords } from './dns/build-dns-records.ts'
import { createNamesFile } from './dns/create-names-file.ts'
import { buildContainerEnvironment } from './env/build-container-environment.ts'
import { buildServiceEnvironment } from './env/build-service-environment.ts'
import { createConfigReader } from './env/create-config-reader.ts'
import { createEventRecorder } from './events/create-event-recorder.ts'
import { createImageStore } from './images/create-image-store.ts'
import { createNodeAgent } from './node/create-node-agent.ts'
import { createPodManager } from './pods/create-pod-manager.ts'
import { createServiceProxy } from './proxy/create-service-proxy.ts'
import { createKubeletServer } from './server/create-kubelet-server.ts'
import { createStats } from './stats/create-stats.ts'
import { createTreeSampler } from './stats/sample-trees.ts'

/** Creates a node of the cluster on this machine: runs pods as processes, forwards Services, resolves names. */
export function createKubelet({ config, log }: { config: KubeletConfig; log: Log }) {
  const dataDir = resolve(config.DATA_DIR)
  mkdirSync(dataDir, { recursive: true })
  const client = createKubernetesClient(readKubeconfig(config.KUBECONFIG), { userAgent: 'kubelet/sandbox' })
  const ledger = createGroupLedger({ folder: join(dataDir, 'groups') })
  const orphanKiller = createOrphanKiller({ ledger })
  const stats = createStats({ sampleTrees: createTreeSampler() })
  const events = createEventRecorder({ client, nodeName: config.NODE_NAME, log })
  const namesPath = join(dataDir, 'names.json')

  const directory = createServiceDirectory({
    client,
    log,
    onChange: (namespace, name) => {
      proxy.sync(namespace, name)
      namesFile.changed()
    },
  })
  const ingresses = watchObjects<Ingress>({
    client,
    log,
    path: '/apis/networking.k8s.io/v1/ingresses',
    onChange: () => namesFile.changed(),
  })
  const proxy = createServiceProxy({ directory, nodeIp: config.NODE_IP, log })
  const namesFile = createNamesFile({
    file: namesPath,
    names: () => buildDnsRecords({ directory, ingresses: ingresses.list(), ingressIp: config.INGRESS_IP }),
  })

  const read = createConfigReader({ client })
  const nodeSize = {
    cpu: config.NODE_CPU === undefined ? availableParallelism() : parseQuantity(config.NODE_CPU),
    memory: config.NODE_MEMORY === undefined ? totalmem() : parseQuantity(config.NODE_MEMORY),
  }
  const runtime: Runtime = {
    images: createImageStore({ imagesDir: config.IMAGES_DIR }),
    record: events.record,
    orphanKiller,
    stats,
    environmentOf: (pod, container, podIp) =>
      buildContainerEnvironment({
        pod,
        container,
        read,
        services: buildServiceEnvironment(directory.services(), pod.metadata.namespace),
        addresses: { podIp, hostIp: config.NODE_IP },
        node: nodeSize,
      }),
    host: { PATH: config.PATH, HOME: config.HOME, TMPDIR: config.TMPDIR },
    repositoryRoot: config.REPOSITORY_ROOT,
    logsDir: join(dataDir, 'logs'),
    dns: {
      preload: fileURLToPath(new URL('./dns/cluster-names.preload.ts', import.meta.url)),
      file: namesPath,
    },
    backOffScale: config.BACKOFF_SCALE,
    log,
  }
  const pods = createPodManager({
    client,
    runtime,
    dataDir,
    nodeName: config.NODE_NAME,
    nodeIp: config.NODE_IP,
    podCidr: config.POD_CIDR,
  })
  const server = createKubeletServer({ host: config.NODE_IP, port: config.KUBELET_PORT, pods, stats })
  const node = createNodeAgent({
    client,
    log,
    name: config.NODE_NAME,
    ip: config.NODE_IP,
    cpu: config.NODE_CPU,
    memory: config.NODE_MEMORY,
  })

  return {
    /** Resolves with the port of the kubelet's server once the node is registered and its pods are known. */
    async start(): Promise<number> {
      const leftovers = ledger.endLeftovers()
      if (leftovers > 0) log.warn({ leftovers }, 'processes of an earlier kubelet killed')
      const port = await server.start()
      await Promise.all([node.start(port), directory.start(), ingresses.start()])
      namesFile.write()
      await pods.start()
      log.info({ node: config.NODE_NAME, port }, 'kubelet started')
      return port
    },
    /** Stops every container within `graceMs`, and marks the node as not ready. */
    async stop({ graceMs = 5_000 }: { graceMs?: number } = {}) {
      await Promise.all([pods.stop(graceMs), node.stop()])
      for (const part of [stats, proxy, directory, ingresses, namesFile, orphanKiller]) part.stop()
      await server.stop()
      client.close()
      log.info('kubelet stopped')
    },
  }
}
