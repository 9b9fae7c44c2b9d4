import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findFreePort } from '@goalixa/chassis/find-free-port'
import { stringify } from 'yaml'
import type { Network } from './choose-network.ts'
import type { Supervisor } from './create-supervisor.ts'

type Options = {
  supervisor: Supervisor
  dataDir: string
  network: Network
  edgeLatencyMs: number
  token: string
}

/** Starts the emulated cluster: Kubernetes API, one node, object metrics and the ingress controller. */
export async function startCluster({ supervisor, dataDir, network, edgeLatencyMs, token }: Options) {
  const [apiPort, statePort, discoveryPort, edgeMetricsPort] = await Promise.all([
    findFreePort(),
    findFreePort(),
    findFreePort(),
    findFreePort(),
  ])
  const url = `http://127.0.0.1:${apiPort}`
  const kubeconfig = join(dataDir, 'kubeconfig')
  const imagesDir = join(dataDir, 'images')
  await writeFile(kubeconfig, kubeconfigFor(url.replace('http:', 'https:'), token), { mode: 0o600 })
  supervisor.service('kubernetes-api', 'emulators/kubernetes-api/main.ts', {
    HOST: '127.0.0.1',
    PORT: String(apiPort),
    CONTROL_PLANE_TOKEN: token,
    SERVICE_CIDR: network.serviceCidr,
  })
  await supervisor.untilHttp(`${url}/livez`)
  supervisor.service('kubelet', 'emulators/kubelet/main.ts', {
    KUBECONFIG: kubeconfig,
    NODE_NAME: 'sandbox-node-1',
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
    url,
    token,
    kubeconfig,
    imagesDir,
    edgeUrl: `http://${network.edgeIp}:8080`,
    discoveryUrl: `http://127.0.0.1:${discoveryPort}`,
    stateMetricsAddress: `127.0.0.1:${statePort}`,
    edgeMetricsAddress: `${network.edgeIp}:${edgeMetricsPort}`,
  }
}
export type Cluster = Awaited<ReturnType<typeof startCluster>>

function kubeconfigFor(server: string, token: string): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'sandbox', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'sandbox', user: { token } }],
    contexts: [{ name: 'sandbox', context: { cluster: 'sandbox', user: 'sandbox' } }],
    'current-context': 'sandbox',
  })
}
