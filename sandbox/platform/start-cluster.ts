import { join } from 'node:path'
import { findFreePort } from '@goalixa/chassis/find-free-port'
import type { Network } from './choose-network.ts'
import type { Supervisor } from './create-supervisor.ts'
import { NODE_NAME } from './settings.ts'

type Options = {
  supervisor: Supervisor
  dataDir: string
  network: Network
  edgeLatencyMs: number
  kubeconfig: string
}

/** Starts what a cluster has besides its control plane: one node, object metrics and the ingress controller. */
export async function startCluster({ supervisor, dataDir, network, edgeLatencyMs, kubeconfig }: Options) {
  const [statePort, discoveryPort, edgeMetricsPort] = await Promise.all([
    findFreePort(),
    findFreePort(),
    findFreePort(),
  ])
  const imagesDir = join(dataDir, 'images')
  supervisor.service('kubelet', 'emulators/kubelet/main.ts', {
    KUBECONFIG: kubeconfig,
    NODE_NAME,
    NODE_IP: network.nodeIp,
    POD_CIDR: network.podCidr,
    KUBELET_PORT: '10250',
    IMAGES_DIR: imagesDir,
    DATA_DIR: join(dataDir, 'kubelet'),
    INGRESS_IP: network.edgeIp,
  })
  supervisor.service('kube-state-metrics', 'emulators/kube-state-metrics/main.ts', {
    KUBECONFIG: kubeconfig,
    HOST: '127.0.0.1',
    PORT: String(statePort),
  })
  supervisor.service('discovery', 'sandbox/discovery/main.ts', {
    KUBECONFIG: kubeconfig,
    HOST: '127.0.0.1',
    PORT: String(discoveryPort),
  })
  supervisor.service('ingress-nginx', 'emulators/ingress-nginx/main.ts', {
    KUBECONFIG: kubeconfig,
    HOST: network.edgeIp,
    PORT: '8080',
    METRICS_PORT: String(edgeMetricsPort),
    EDGE_LATENCY_MS: String(edgeLatencyMs),
    DEFAULT_HOST: 'app.goalixa.com',
  })
  return {
    kubeconfig,
    imagesDir,
    edgeUrl: `http://${network.edgeIp}:8080`,
    discoveryUrl: `http://127.0.0.1:${discoveryPort}`,
    stateMetricsAddress: `127.0.0.1:${statePort}`,
    edgeMetricsAddress: `${network.edgeIp}:${edgeMetricsPort}`,
  }
}
export type Cluster = Awaited<ReturnType<typeof startCluster>>
