import { join } from 'node:path'
import type { Launch } from './launch.ts'
import { REPOSITORY, TIME_SCALE } from './settings.ts'
import type { Cluster } from './start-cluster.ts'
import type { Database } from './start-database.ts'
import type { Delivery } from './start-delivery.ts'
import type { Addresses } from './start-monitoring.ts'

type Options = {
  launch: Launch
  cluster: Cluster
  database: Database
  delivery: Delivery
  addresses: Addresses
  /** Model, key and queue settings of the person who runs this, passed on as they are. */
  passedOn: Record<string, string>
  operatorKey: string
}

/** Syntra as on a cluster: one API process and one worker, told where everything is. */
export function startSyntra({
  launch,
  cluster,
  database,
  delivery,
  addresses,
  passedOn,
  operatorKey,
}: Options) {
  const settings = {
    ...passedOn,
    DATABASE_URL: database.syntraUrl,
    KUBECONFIG: cluster.kubeconfig,
    PROMETHEUS_URL: `http://127.0.0.1:${addresses.prometheusPort}`,
    ALERTMANAGER_URL: `http://127.0.0.1:${addresses.alertmanagerPort}`,
    ARGOCD_URL: delivery.argocdUrl,
    ARGOCD_TOKEN: delivery.tokens.argocd,
    GITHUB_URL: delivery.forgeUrl,
    GITHUB_TOKEN: delivery.tokens.syntra,
    RUNBOOKS_DIR: join(REPOSITORY, 'runbooks'),
    SYNTRA_TIME_SCALE: String(TIME_SCALE),
    SYNTRA_WEBHOOK_TOKEN: addresses.webhookToken,
    SYNTRA_BOOTSTRAP_KEYS: `demo:operator:${operatorKey}`,
    HOST: '127.0.0.1',
  }
  launch.service('syntra-api', 'syntra/api.ts', {
    ...settings,
    PORT: new URL(addresses.syntraUrl).port,
    METRICS_PORT: portOf(addresses.syntraApiMetrics),
  })
  launch.service('syntra-worker', 'syntra/worker.ts', {
    ...settings,
    PORT: '0',
    METRICS_PORT: portOf(addresses.syntraWorkerMetrics),
  })
}

function portOf(address: string): string {
  return address.slice(address.lastIndexOf(':') + 1)
}
