import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startTestCluster, type TestCluster } from '@goalixa/emulators-shared/testing/start-test-cluster'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { chooseControlPlane } from './choose-control-plane.ts'

let cluster: TestCluster
let folder: string
beforeAll(async () => {
  cluster = await startTestCluster()
  folder = mkdtempSync(join(tmpdir(), 'control-plane-'))
})
afterAll(async () => {
  await cluster.stop()
  rmSync(folder, { recursive: true })
})
afterEach(() => vi.unstubAllEnvs())

function kubeconfig(name: string, server: string, user: object): string {
  const file = join(folder, name)
  const content = {
    'current-context': 'it',
    contexts: [{ name: 'it', context: { cluster: 'it', user: 'it' } }],
    clusters: [{ name: 'it', cluster: { server } }],
    users: [{ name: 'it', user }],
  }
  writeFileSync(file, JSON.stringify(content))
  return file
}

test('is the emulator by default', async () => {
  expect(await chooseControlPlane(undefined)).toEqual({ kind: 'emulator' })
})

test('says how the programs of envtest are built if they are missing', async () => {
  vi.stubEnv('KUBEBUILDER_ASSETS', folder)
  await expect(chooseControlPlane('envtest')).rejects.toThrow('run npm run envtest:build')
})

test('refuses a kubeconfig that is missing, has no credentials, or whose server does not answer', async () => {
  await expect(chooseControlPlane(join(folder, 'none'))).rejects.toThrow(
    /ENOENT.*expected envtest, or a kubeconfig/,
  )
  const plugin = kubeconfig('plugin', 'http://127.0.0.1:1', { exec: { command: 'aws' } })
  await expect(chooseControlPlane(plugin)).rejects.toThrow('neither a token nor a client certificate')
  const down = kubeconfig('down', 'http://127.0.0.1:1', { token: 'test' })
  await expect(chooseControlPlane(down)).rejects.toThrow(/cannot be listed \(The API server is unreachable/)
})

test('takes a running control plane with its range of Services, unless the sandbox would harm what is there', async () => {
  const existing = { kind: 'existing', kubeconfig: cluster.kubeconfig, serviceCidr: '127.251.0.0/20' }
  expect(await chooseControlPlane(cluster.kubeconfig)).toEqual(existing)
  await cluster.create('/api/v1/namespaces', { metadata: { name: 'goalixa-production' } })
  await expect(chooseControlPlane(cluster.kubeconfig)).rejects.toThrow(
    'kubectl delete namespace goalixa-production',
  )
  await cluster.create('/api/v1/nodes', { metadata: { name: 'worker-1' } })
  await expect(chooseControlPlane(cluster.kubeconfig)).rejects.toThrow('has nodes of its own (worker-1)')
})
