import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { findFreePort } from '@goalixa/chassis/find-free-port'
import { createKubernetesClient } from '../kubernetes/create-kubernetes-client.ts'
import { readKubeconfig } from '../kubernetes/read-kubeconfig.ts'

/** Starts a Kubernetes API for one test file, with a temporary folder and a block of loopback addresses. */
export async function startTestCluster() {
  const folder = mkdtempSync(join(tmpdir(), 'goalixa-cluster-'))
  // The sandbox uses addresses from 127.40 to 127.249; concurrent test files are told apart by their process id.
  const block = `127.250.${(process.pid % 15) * 16}`
  const port = await findFreePort()
  const server = `http://127.0.0.1:${port}`
  const main = fileURLToPath(new URL('../../kubernetes-api/main.ts', import.meta.url))
  const controlPlane = spawn(process.execPath, [main], {
    env: {
      HOST: '127.0.0.1',
      PORT: String(port),
      CONTROL_PLANE_TOKEN: 'test',
      SERVICE_CIDR: '127.251.0.0/20',
      LOG_LEVEL: 'error',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const kubeconfig = join(folder, 'kubeconfig')
  writeFileSync(kubeconfig, kubeconfigFor(server))
  const client = createKubernetesClient(readKubeconfig(kubeconfig), { userAgent: 'tests' })
  await eventually(() => fetch(`${server}/livez`).then(response => response.ok))
  const create = <T = unknown>(path: string, body: object) => client.request<T>('POST', path, { body })
  await create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } })
  return {
    folder,
    kubeconfig,
    client,
    create,
    /** Addresses reserved for this file; `last` is free to choose. */
    address: (last: number) => `${block.replace(/\d+$/, part => String(Number(part) + 15))}.${last}`,
    podCidr: `${block}.0/21`,
    async stop() {
      client.close()
      controlPlane.kill('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
export type TestCluster = Awaited<ReturnType<typeof startTestCluster>>

/**
 * Waits until the check returns a value other than false and undefined, and returns it; an error counts as a failed
 * check.
 */
export async function eventually<T>(
  check: () => Promise<T | undefined | false> | T | undefined | false,
  timeoutMs = 40_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs
  let last: unknown
  while (Date.now() < deadline) {
    try {
      const result = await check()
      if (result !== undefined && result !== false) return result
    } catch (error) {
      last = error
    }
    await sleep(50)
  }
  throw new Error(`The condition was not met within ${timeoutMs} ms.`, { cause: last })
}

function kubeconfigFor(server: string): string {
  return JSON.stringify({
    'current-context': 'test',
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
    clusters: [{ name: 'test', cluster: { server } }],
    users: [{ name: 'test', user: { token: 'test' } }],
  })
}
