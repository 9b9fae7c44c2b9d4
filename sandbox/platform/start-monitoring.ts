import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { hostEnvironment } from './config.ts'
import type { Supervisor } from './create-supervisor.ts'
import { REPOSITORY, TIME_SCALE } from './settings.ts'
import type { Cluster } from './start-cluster.ts'
import { writeMonitoringConfig } from './write-monitoring-config.ts'

type Options = {
  supervisor: Supervisor
  dataDir: string
  cluster: Cluster
  addresses: Addresses
}

/** The addresses of each part, chosen in advance because Syntra and the monitoring refer to each other. */
export type Addresses = {
  prometheusPort: number
  alertmanagerPort: number
  syntraUrl: string
  syntraApiMetrics: string
  syntraWorkerMetrics: string
  webhookToken: string
}

/** Starts real Prometheus and Alertmanager with the rules of k8s/monitoring, their windows divided by TIME_SCALE. */
export async function startMonitoring({ supervisor, dataDir, cluster, addresses }: Options) {
  const { prometheusPort, alertmanagerPort } = addresses
  const folder = join(dataDir, 'monitoring')
  const alertmanagerAddress = `127.0.0.1:${alertmanagerPort}`
  await writeMonitoringConfig({
    source: join(REPOSITORY, 'k8s/monitoring'),
    target: folder,
    timeScale: TIME_SCALE,
    discoveryUrl: cluster.discoveryUrl,
    addresses: {
      'alertmanager:9093': alertmanagerAddress,
      'kube-state-metrics:8080': cluster.stateMetricsAddress,
      'ingress-nginx:10254': cluster.edgeMetricsAddress,
      'syntra-api:9090': addresses.syntraApiMetrics,
      'syntra-worker:9090': addresses.syntraWorkerMetrics,
    },
    webhook: { url: `${addresses.syntraUrl}/v1/alerts`, token: addresses.webhookToken },
  })
  supervisor.run('alertmanager', programOf('prometheus-alertmanager', 'alertmanager'), [
    `--config.file=${join(folder, 'alertmanager.yaml')}`,
    `--storage.path=${join(dataDir, 'alertmanager')}`,
    `--web.listen-address=${alertmanagerAddress}`,
    '--cluster.listen-address=',
  ])
  supervisor.run('prometheus', 'prometheus', [
    `--config.file=${join(folder, 'prometheus.yaml')}`,
    `--storage.tsdb.path=${join(dataDir, 'prometheus')}`,
    `--web.listen-address=127.0.0.1:${prometheusPort}`,
    '--log.level=warn',
  ])
}

// Debian prefixes the name.
function programOf(...names: string[]): string {
  const folders = (hostEnvironment().PATH ?? '').split(':')
  return names.find(name => folders.some(folder => existsSync(join(folder, name)))) ?? names[0] ?? ''
}
