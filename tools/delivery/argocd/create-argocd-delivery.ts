import type { Connection } from '../../connections/connection.ts'
import type { DeliverySystem } from '../delivery-system.ts'
import { createArgocdClient } from './argocd-client.ts'
import { diffApp } from './diff-app.ts'
import { listDeploymentsSince } from './list-deployments-since.ts'
import { parseApp } from './parse-app.ts'
import { listHistory, readSyncWindows } from './read-apps.ts'
import { readClusterNames } from './read-cluster-names.ts'
import { rollbackApp } from './rollback-app.ts'
import { setAutoSync } from './set-auto-sync.ts'
import { syncApp } from './sync-app.ts'
import { terminateOperation } from './terminate-operation.ts'

/** Argo CD as a delivery system. Without a connection every call throws `unavailable` NOT_CONFIGURED. */
export function createArgocdDelivery(connection: Connection | undefined): DeliverySystem {
  const argocd = createArgocdClient(connection)
  return {
    async listApps(signal) {
      const apps = await argocd.listApps(signal)
      const names = await readClusterNames(argocd, apps, signal)
      return { apps: apps.map(app => parseApp(app, names)) }
    },
    getApp: async ({ name }, signal) => parseApp(await argocd.getApp(name, signal)),
    listHistory: (app, signal) => listHistory(argocd, app, signal),
    listDeploymentsSince: (since, signal) => listDeploymentsSince(argocd, since, signal),
    diffApp: (app, signal) => diffApp(argocd, app, signal),
    readSyncWindows: (app, signal) => readSyncWindows(argocd, app, signal),
    async refreshApp({ name }, call) {
      const { status } = await argocd.refresh(name, call)
      return { name, revision: status?.sync?.revision ?? null, syncStatus: status?.sync?.status ?? null }
    },
    rollbackApp: rollbackApp(argocd),
    syncApp: syncApp(argocd),
    setAutoSync: setAutoSync(argocd),
    terminateOperation: terminateOperation(argocd),
  }
}
