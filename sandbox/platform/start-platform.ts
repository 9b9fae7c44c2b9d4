import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findFreePort } from '@goalixa/chassis/find-free-port'
import { assertRoom } from './assert-room.ts'
import { chooseNetwork } from './choose-network.ts'
import { claimDataFolder } from './claim-data-folder.ts'
import { createClusterClient } from './cluster-client.ts'
import { createLaunch } from './launch.ts'
import { publishImage } from './publish-image.ts'
import { seedCluster } from './seed-cluster.ts'
import { APPS, commandOf, EDGE_LATENCY_MS, FIRST_VERSION, imageOf, NAMESPACE } from './settings.ts'
import { startCluster } from './start-cluster.ts'
import { startDatabase } from './start-database.ts'
import { startDelivery } from './start-delivery.ts'
import { type Addresses, startMonitoring } from './start-monitoring.ts'
import { startSyntra } from './start-syntra.ts'

type Options = {
  signal: AbortSignal
  /** Told what is being done, in a few words. */
  onProgress: (says: string) => void
  /** Environment that Syntra inherits: SYNTRA_MODEL, model keys, REDIS_URL. */
  passedOn?: Record<string, string>
  /** Keep the data folder after the end. */
  keep?: boolean
}

/**
 * Brings up the whole platform as real processes on free ports with a data folder of its own. Throws with the dead
 * process's last words if something can not start; whatever was started is stopped again.
 */
export async function startPlatform({ signal, onProgress, passedOn = {}, keep = false }: Options) {
  await assertRoom(tmpdir())
  const network = await chooseNetwork()
  const data = await claimDataFolder()
  for (const folder of data.removed) onProgress(`afresh; ${folder} of a killed run is removed`)
  const { dataDir } = data
  if (keep) await data.keep()
  const launch = await createLaunch({ logsDir: join(dataDir, 'logs'), signal })
  const stop = async () => {
    await launch.stop()
    await network.release()
    if (!keep) await data.remove()
  }
  try {
    const platform = await bringUp()
    return { ...platform, dataDir, launch, stop, kill: launch.kill }
  } catch (error) {
    await stop()
    throw error
  }

  async function bringUp() {
    await mkdir(join(dataDir, 'images'), { recursive: true })
    const addresses = await chooseAddresses()
    const operatorKey = newToken()

    onProgress('PostgreSQL, the control plane and the node')
    const [database, cluster] = await Promise.all([
      startDatabase(launch, dataDir),
      startCluster({ launch, dataDir, network, edgeLatencyMs: EDGE_LATENCY_MS, token: newToken() }),
    ])
    for (const app of APPS)
      await publishImage(cluster.imagesDir, imageOf(app, FIRST_VERSION), { command: commandOf(app) })
    const kubernetes = createClusterClient(cluster)
    await seedCluster({ kubernetes, databasePort: database.port })

    onProgress('the forge, the deployment repository and GitOps')
    const delivery = await startDelivery({ launch, dataDir, kubeconfig: cluster.kubeconfig, newToken })
    await delivery.createApplications()

    onProgress('Syntra, Prometheus and Alertmanager')
    startSyntra({ launch, cluster, database, delivery, addresses, passedOn, operatorKey })
    await startMonitoring({ launch, dataDir, cluster, addresses })
    await launch.untilHttp(`${addresses.syntraUrl}/readyz`)
    await launch.untilHttp(`http://127.0.0.1:${addresses.prometheusPort}/-/ready`)

    onProgress('auth, core, bff and the app, deployed from Git')
    await launch.until(
      'every deployment to be available',
      () => kubernetes.areAllAvailable(NAMESPACE, APPS),
      120_000,
    )

    onProgress('people using the app')
    launch.service('traffic', 'sandbox/traffic/main.ts', { BASE_URL: cluster.edgeUrl })
    return { addresses, database, cluster, kubernetes, delivery, operatorKey }
  }
}
export type Platform = Awaited<ReturnType<typeof startPlatform>>

async function chooseAddresses(): Promise<Addresses> {
  const [prometheusPort, alertmanagerPort, api, apiMetrics, workerMetrics] = await Promise.all([
    findFreePort(),
    findFreePort(),
    findFreePort(),
    findFreePort(),
    findFreePort(),
  ])
  return {
    prometheusPort,
    alertmanagerPort,
    syntraUrl: `http://127.0.0.1:${api}`,
    syntraApiMetrics: `127.0.0.1:${apiMetrics}`,
    syntraWorkerMetrics: `127.0.0.1:${workerMetrics}`,
    webhookToken: newToken(),
  }
}

function newToken(): string {
  return randomBytes(24).toString('base64url')
}
