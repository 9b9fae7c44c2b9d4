import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findFreePort } from '@goalixa/chassis/find-free-port'
import { addLocalRoutes } from './add-local-routes.ts'
import { assertDiskSpace } from './assert-disk-space.ts'
import { type ControlPlane, chooseControlPlane } from './choose-control-plane.ts'
import { chooseNetwork } from './choose-network.ts'
import { claimDataFolder } from './claim-data-folder.ts'
import { createCleanup } from './create-cleanup.ts'
import { createClusterClient } from './create-cluster-client.ts'
import { createSupervisor } from './create-supervisor.ts'
import { forwardPort } from './forward-port.ts'
import { publishImage } from './publish-image.ts'
import { seedCluster } from './seed-cluster.ts'
import { APPS, commandOf, EDGE_LATENCY_MS, FIRST_VERSION, imageOf, NAMESPACE } from './settings.ts'
import { startCluster } from './start-cluster.ts'
import { startControlPlane } from './start-control-plane.ts'
import { startDatabase } from './start-database.ts'
import { startDelivery } from './start-delivery.ts'
import { type Addresses, startMonitoring } from './start-monitoring.ts'
import { startSyntra } from './start-syntra.ts'

type Options = {
  signal: AbortSignal
  /** Called with each step of the startup. */
  onProgress: (message: string) => void
  /** Environment variables that Syntra inherits: SYNTRA_MODEL, model keys, REDIS_URL. */
  inherited?: Record<string, string>
  /** Whether to keep the data folder. */
  keep?: boolean
  /** A real control plane: `envtest`, or a kubeconfig file. By default the emulator. */
  cluster?: string
}

/**
 * Starts the whole platform as real processes on free ports, with its own data folder. If a process cannot start, it
 * stops all of them and throws with the end of the log.
 */
export async function startPlatform({
  signal,
  onProgress,
  inherited = {},
  keep = false,
  cluster: target,
}: Options) {
  await assertDiskSpace(tmpdir())
  const controlPlane = await chooseControlPlane(target)
  const network = await chooseNetwork({
    isReal: controlPlane.kind !== 'emulator',
    ...(controlPlane.kind === 'existing' ? { serviceCidr: controlPlane.serviceCidr } : {}),
  })
  const removeRoutes = await addLocalRoutes(network.routes).catch(async error => {
    await network.release()
    throw error
  })
  const data = await claimDataFolder()
  for (const folder of data.removed) onProgress(`Removed ${folder}, left by a killed run`)
  const { dataDir } = data
  if (keep) await data.keep()
  const supervisor = await createSupervisor({ logsDir: join(dataDir, 'logs'), signal })
  const clean = controlPlane.kind === 'existing' ? createCleanup(controlPlane.kubeconfig) : undefined
  const closing: (() => void)[] = []
  const stop = async () => {
    await clean?.removeNamespace().catch(error => onProgress(error.message))
    await supervisor.stop()
    await clean?.removeNode().catch(error => onProgress(error.message))
    for (const close of closing) close()
    await removeRoutes()
    await network.release()
    if (!keep) await data.remove()
  }
  try {
    const platform = await startAll()
    return { ...platform, dataDir, supervisor, stop, kill: supervisor.kill }
  } catch (error) {
    await stop()
    throw error
  }

  async function startAll() {
    await mkdir(join(dataDir, 'images'), { recursive: true })
    const addresses = await chooseAddresses()
    const operatorKey = newToken()

    onProgress(STARTING[controlPlane.kind])
    const [database, kubeconfig] = await Promise.all([
      startDatabase(supervisor, dataDir),
      startControlPlane({ supervisor, dataDir, network, controlPlane, token: newToken(), signal }),
    ])
    const cluster = await startCluster({
      supervisor,
      dataDir,
      network,
      edgeLatencyMs: EDGE_LATENCY_MS,
      kubeconfig,
    })
    // PostgreSQL listens on 127.0.0.1 only.
    if (network.databaseIp !== '127.0.0.1')
      closing.push(
        await forwardPort(
          { host: network.databaseIp, port: database.port },
          { host: '127.0.0.1', port: database.port },
        ),
      )
    for (const app of APPS)
      await publishImage(cluster.imagesDir, imageOf(app, FIRST_VERSION), { command: commandOf(app) })
    const kubernetes = createClusterClient(kubeconfig)
    closing.push(kubernetes.close)
    await seedCluster({ kubernetes, database: { ip: network.databaseIp, port: database.port } })

    onProgress('Starting GitHub with the deployment repository, and Argo CD')
    const delivery = await startDelivery({ supervisor, dataDir, kubeconfig: cluster.kubeconfig, newToken })
    await delivery.createApplications()

    onProgress('Starting Syntra, Prometheus and Alertmanager')
    startSyntra({ supervisor, cluster, database, delivery, addresses, inherited, operatorKey })
    await startMonitoring({ supervisor, dataDir, cluster, addresses })
    await supervisor.untilHttp(`${addresses.syntraUrl}/readyz`)
    await supervisor.untilHttp(`http://127.0.0.1:${addresses.prometheusPort}/-/ready`)

    onProgress('Waiting for Argo CD to deploy auth, core, bff and the app from Git')
    await supervisor.until(
      'every deployment to become available',
      () => kubernetes.areAllAvailable(NAMESPACE, APPS),
      120_000,
    )

    onProgress('Starting simulated users')
    supervisor.service('traffic', 'sandbox/traffic/main.ts', { BASE_URL: cluster.edgeUrl })
    return { addresses, database, cluster, kubernetes, delivery, operatorKey }
  }
}
export type Platform = Awaited<ReturnType<typeof startPlatform>>

const STARTING: Record<ControlPlane['kind'], string> = {
  emulator: 'Starting PostgreSQL, the Kubernetes API and a node',
  envtest: 'Starting PostgreSQL, a real Kubernetes control plane and a node',
  existing: 'Starting PostgreSQL and a node of your cluster',
}

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
