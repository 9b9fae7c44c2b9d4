import { join } from 'node:path'
import type { Supervisor } from './create-supervisor.ts'
import { REPOSITORY, TIME_SCALE } from './settings.ts'
import type { Cluster } from './start-cluster.ts'
import type { Database } from './start-database.ts'
import type { Delivery } from './start-delivery.ts'
import type { Addresses } from './start-monitoring.ts'

type Options = {
  supervisor: Supervisor
  cluster: Cluster
  database: Database
  delivery: Delivery
  addresses: Addresses
  /** The user's settings for the model, its key and the queue. */
  inherited: Record<string, string>
  operatorKey: string
}

/** Starts Syntra as on a cluster: one API process and one worker. */
export function startSyntra({
  supervisor,
  cluster,
  database,
  delivery,
  addresses,
  inherited,
  operatorKey,
}: Options) {
  const settings = {
    ...inherited,
    DATABASE_URL: database.syntraUrl,
    KUBECONFIG: cluster.kubeconfig,
    PROMETHEUS_URL: `http://127.0.0.1:${addresses.prometheusPort}`,
    ALERTMANAGER_URL: `http://127.0.0.1:${addresses.alertmanagerPort}`,
    ARGOCD_URL: delivery.argocdUrl,
    ARGOCD_TOKEN: delivery.tokens.argocd,
    GITHUB_URL: delivery.githubUrl,
    GITHUB_TOKEN: delivery.tokens.syntra,
    RUNBOOKS_DIR: join(REPOSITORY, 'runbooks'),
    SYNTRA_TIME_SCALE: String(TIME_SCALE),
    SYNTRA_WEBHOOK_TOKEN: addresses.webhookToken,
    SYNTRA_BOOTSTRAP_KEYS: `demo:operator:${operatorKey}`,
    HOST: '127.0.0.1',
  }
  supervisor.service('syntra-api', 'syntra/api.ts', {
    ...settings,
    PORT: new URL(addresses.syntraUrl).port,
    METRICS_PORT: portOf(addresses.syntraApiMetrics),
  })
  supervisor.service('syntra-worker', 'syntra/worker.ts', {
    ...settings,
    PORT: '0',
    METRICS_PORT: portOf(addresses.syntraWorkerMetrics),
  })
}

function portOf(address: string): string {
  return address.slice(address.lastIndexOf(':') + 1)
}
