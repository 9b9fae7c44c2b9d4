import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findFreePort } from '@goalixa/chassis/find-free-port'
import { startRealControlPlane } from '@goalixa/kubernetes-api-emulator/envtest/start-real-control-plane'
import { stringify } from 'yaml'
import type { ControlPlane } from './choose-control-plane.ts'
import type { Network } from './choose-network.ts'
import type { Supervisor } from './create-supervisor.ts'

type Options = {
  supervisor: Supervisor
  dataDir: string
  network: Network
  controlPlane: ControlPlane
  token: string
  signal: AbortSignal
}

/** Starts the control plane of the sandbox, unless it runs already, and returns its kubeconfig. */
export async function startControlPlane(options: Options): Promise<string> {
  const { supervisor, dataDir, network, controlPlane, signal } = options
  switch (controlPlane.kind) {
    case 'emulator':
      return startEmulator(options)
    case 'envtest': {
      const { kubeconfig } = await startRealControlPlane({
        assets: controlPlane.assets,
        folder: join(dataDir, 'kubernetes'),
        serviceCidr: network.serviceCidr,
        run: supervisor.run,
        signal,
      })
      return kubeconfig
    }
    case 'existing':
      return controlPlane.kubeconfig
  }
}

async function startEmulator({ supervisor, dataDir, network, token }: Options): Promise<string> {
  const port = await findFreePort()
  const kubeconfig = join(dataDir, 'kubeconfig')
  await writeFile(kubeconfig, kubeconfigFor(`https://127.0.0.1:${port}`, token), { mode: 0o600 })
  supervisor.service('kubernetes-api', 'emulators/kubernetes-api/main.ts', {
    HOST: '127.0.0.1',
    PORT: String(port),
    CONTROL_PLANE_TOKEN: token,
    SERVICE_CIDR: network.serviceCidr,
  })
  await supervisor.untilHttp(`http://127.0.0.1:${port}/livez`)
  return kubeconfig
}

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
