import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLog } from '@goalixa/chassis/log'
import { createControlPlane } from '@goalixa/kubernetes-api-emulator/create-control-plane'
import { findTool } from '@goalixa/tools/catalog'
import { createClients } from '@goalixa/tools/create-clients'
import { kubeconfigFor } from '@goalixa/tools/testing/kubeconfig-for'
import { afterAll, beforeAll, expect, it } from 'vitest'

const canI = findTool('kubernetes_can_i')

// Runs against the emulated Kubernetes API, which has a read-only token.
const signal = new AbortController().signal
const log = createLog({ service: 'test', level: 'silent' })
const controlPlane = createControlPlane({ token: 'admin', readerToken: 'reader', log })
let folder: string
let url: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'can-i-'))
  url = (await controlPlane.start()).url
})
afterAll(async () => {
  await controlPlane.stop()
  await rm(folder, { recursive: true, force: true })
})

async function ask(token: string, verb: 'get' | 'patch') {
  const kubeconfig = join(folder, token)
  await writeFile(kubeconfig, kubeconfigFor(url, token))
  const clients = createClients({ kubernetes: { kubeconfig } })
  return canI.run({ verb, namespace: 'shop', kind: 'Deployment', name: 'core' }, clients, signal)
}

it('reports the permissions of its own account, without using them', async () => {
  expect(await ask('reader', 'get')).toEqual({ allowed: true })
  expect(await ask('reader', 'patch')).toEqual({ allowed: false })
  expect(await ask('admin', 'patch')).toEqual({ allowed: true })
})
