import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { createArgocd } from '@goalixa/argocd-emulator/create-argocd'
import { createLog } from '@goalixa/chassis/log'
import { createControlPlane } from '@goalixa/kubernetes-api-emulator/create-control-plane'
import { findTool } from '@goalixa/tools/catalog'
import type { Clients } from '@goalixa/tools/clients'
import { createClients } from '@goalixa/tools/create-clients'
import { createWriteCall } from '@goalixa/tools/testing/create-write-call'
import { kubeconfigFor } from '@goalixa/tools/testing/kubeconfig-for'
import { until } from '@goalixa/tools/testing/until'
import { afterAll, beforeAll, expect, it } from 'vitest'

const diffApp = findTool('delivery_diff_app')
const getApp = findTool('delivery_get_app')
const listHistory = findTool('delivery_list_history')
const readSyncWindows = findTool('delivery_read_sync_windows')
const refreshApp = findTool('delivery_refresh_app')
const rollbackApp = findTool('delivery_rollback_app')
const setAutoSync = findTool('delivery_set_auto_sync')
const syncApp = findTool('delivery_sync_app')
const scaleWorkload = findTool('kubernetes_scale_workload')

// The tools for Argo CD against the emulators of Argo CD and Kubernetes, with a real Git repository.
const signal = new AbortController().signal
const call = createWriteCall({ signal })
const log = createLog({ service: 'test', level: 'silent' })
const name = 'core'
let folder: string
let controlPlane: ReturnType<typeof createControlPlane>
let argocd: Awaited<ReturnType<typeof createArgocd>>
let argocdUrl: string
let clients: Clients

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'argocd-'))
  controlPlane = createControlPlane({ token: 'admin', log })
  const { url } = await controlPlane.start()
  const kubeconfig = join(folder, 'kubeconfig')
  await writeFile(kubeconfig, kubeconfigFor(url, 'admin'))
  argocd = await createArgocd({ kubeconfig, token: 'argo', dataDir: join(folder, 'data'), log })
  argocdUrl = (await argocd.start()).url
  clients = createClients({ kubernetes: { kubeconfig }, argocd: { url: argocdUrl, token: 'argo' } })
  await fetch(`${url}/api/v1/namespaces`, {
    method: 'POST',
    headers: { authorization: 'Bearer admin', 'content-type': 'application/json' },
    body: JSON.stringify({ metadata: { name: 'shop' } }),
  })
  await git('init', '--quiet', '--initial-branch=main')
})
afterAll(async () => {
  await argocd.stop()
  await controlPlane.stop()
  await rm(folder, { recursive: true, force: true })
})

const repository = () => join(folder, 'deploy')

async function git(...args: string[]): Promise<string> {
  await mkdir(repository(), { recursive: true })
  const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.com']
  const { stdout } = await promisify(execFile)('git', [...identity, ...args], { cwd: repository() })
  return stdout.trim()
}

async function release(image: string): Promise<string> {
  const manifest = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'core', namespace: 'shop' },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: 'core' } },
      template: { metadata: { labels: { app: 'core' } }, spec: { containers: [{ name: 'core', image }] } },
    },
  }
  await mkdir(join(repository(), 'core'), { recursive: true })
  await writeFile(join(repository(), 'core/deployment.yaml'), JSON.stringify(manifest))
  await git('add', '.')
  await git('commit', '--quiet', '-m', image)
  return git('rev-parse', 'HEAD')
}

const app = () => getApp.run({ name }, clients, signal)
const deployed = (revision: string) =>
  until(async () => {
    const { operation, syncStatus, revision: compared } = await app()
    const isDone = operation?.phase === 'Succeeded' && operation.revision === revision
    // The comparison that follows an operation is a separate write.
    return isDone && syncStatus === 'Synced' && compared === revision
  })

it('follows a bad release from auto-sync to its rollback and the next sync', async () => {
  const good = await release('core:1.4.0')
  await createApplication()
  await deployed(good)
  const bad = await release('core:1.5.0')
  await refreshApp.run({ name, actionId: 'act-0' }, clients, call)
  await deployed(bad)

  expect(await app()).toMatchObject({
    name,
    project: 'default',
    namespace: 'shop',
    path: 'core',
    targetRevision: 'main',
    syncStatus: 'Synced',
    revision: bad,
    automated: { prune: false, selfHeal: false },
    images: expect.arrayContaining(['core:1.5.0']),
    parent: null,
    resources: [{ kind: 'Deployment', namespace: 'shop', name: 'core', status: 'Synced' }],
  })
  expect(await readSyncWindows.run({ name }, clients, signal)).toEqual({
    canSync: true,
    active: [],
    assigned: [],
  })
  const { history } = await listHistory.run({ name }, clients, signal)
  expect(history.map(({ revision }) => revision)).toEqual([bad, good])
  const id = history[1]?.id ?? -1

  // Rejected while auto-sync is on.
  const back = { name, id, actionId: 'act-1' }
  expect(await rollbackApp.findEffect(back, clients, call)).toBeUndefined()
  await expect(rollbackApp.run(back, clients, call)).rejects.toMatchObject({ code: 'ARGOCD_PRECONDITION' })

  const before = { prune: false, selfHeal: false }
  const off = { name, automated: null, before, actionId: 'act-1' }
  expect(await setAutoSync.findEffect(off, clients, call)).toBeUndefined()
  await setAutoSync.run(off, clients, call)
  expect(await setAutoSync.findEffect(off, clients, call)).toEqual({
    name,
    automated: null,
    before: { prune: false, selfHeal: false },
    mark: 'act-1',
  })

  expect(await rollbackApp.run(back, clients, call)).toMatchObject({ name, id, revision: good })
  expect(await app()).toMatchObject({ isOperating: false, operation: { phase: 'Succeeded', revision: good } })
  expect(await rollbackApp.findEffect(back, clients, call)).toBeDefined()
  await until(async () => (await app()).syncStatus === 'OutOfSync')
  const changes = [
    { path: 'spec.template.spec.containers[core].image', live: 'core:1.4.0', desired: 'core:1.5.0' },
  ]
  expect((await diffApp.run({ name }, clients, signal)).differences).toMatchObject([
    { name: 'core', changes },
  ])

  const sync = { name, actionId: 'act-2' }
  expect(await syncApp.findEffect(sync, clients, call)).toBeUndefined()
  await syncApp.run(sync, clients, call)
  expect((await app()).operation).toMatchObject({ phase: 'Succeeded', revision: bad })
  expect(await syncApp.findEffect(sync, clients, call)).toBeDefined()

  const on = { name, automated: { prune: false, selfHeal: false }, actionId: 'act-2' }
  await setAutoSync.run(on, clients, call)
  expect(await setAutoSync.findEffect(on, clients, call)).toBeDefined()
  expect((await app()).automated).toEqual(on.automated)
})

it('terminates its own rollback that a closed sync window blocks, and deploys nothing', async () => {
  const windows = async (syncWindows: object[]) =>
    send('PUT', '/projects/default', { project: { metadata: { name: 'default' }, spec: { syncWindows } } })
  const off = { name, automated: null, actionId: 'act-4' }
  const { before, mark } = await setAutoSync.run(off, clients, call)
  await windows([{ kind: 'deny', schedule: '* * * * *', duration: '1h', applications: ['*'] }])
  const { history } = await listHistory.run({ name }, clients, signal)
  const back = { name, id: history[1]?.id ?? -1, withinSeconds: 2, actionId: 'act-4' }

  const failure = rollbackApp.run(back, clients, call)
  await expect(failure).rejects.toMatchObject({ kind: 'conflict', code: 'OPERATION_HUNG' })
  await expect(failure).rejects.toThrow('blocked by sync window')
  // Argo CD until 3.2, as it is emulated by default, ends it once the window opens.
  expect(await app()).toMatchObject({ isOperating: true, operation: { phase: 'Terminating' } })
  await windows([])
  await until(async () => (await app()).operation?.phase === 'Failed')
  expect((await listHistory.run({ name }, clients, signal)).history).toEqual(history)
  const on = { name, automated: before, leftBy: mark, actionId: 'act-4-undo' }
  await setAutoSync.run(on, clients, call)
  expect((await app()).automated).toEqual(before)
})

it('pauses auto-sync and rolls back while Git cannot be rendered, and says so instead of a difference', async () => {
  const { history } = await listHistory.run({ name }, clients, signal)
  const [newest] = history
  const earlier = history.find(({ revision }) => revision !== newest?.revision)
  const file = join(repository(), 'core/deployment.yaml')
  const manifest = await readFile(file, 'utf8')
  // It looks like a manifest: any other file would be skipped.
  await writeFile(file, 'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: core }\n  spec: [')
  await git('commit', '--quiet', '--all', '-m', 'broken')
  await refreshApp.run({ name, actionId: 'act-6' }, clients, call)
  await until(async () => (await app()).syncStatus === 'Unknown')
  expect((await app()).revision).toBeNull()
  await expect(diffApp.run({ name }, clients, signal)).rejects.toMatchObject({
    code: 'DESIRED_STATE_UNKNOWN',
  })

  const off = { name, automated: null, actionId: 'act-6' }
  const { before, mark } = await setAutoSync.run(off, clients, call)
  expect(await setAutoSync.findEffect({ ...off, before }, clients, call)).toBeDefined()
  const back = { name, id: earlier?.id ?? -1, content: earlier?.content, actionId: 'act-6' }
  expect(await rollbackApp.run(back, clients, call)).toMatchObject({ revision: earlier?.revision })
  const on = { name, automated: before, leftBy: mark, actionId: 'act-6-later' }
  await setAutoSync.run(on, clients, call)
  expect((await app()).automated).toEqual(before)

  await writeFile(file, manifest)
  await git('commit', '--quiet', '--all', '-m', 'mended')
  await refreshApp.run({ name, actionId: 'act-6' }, clients, call)
  await until(async () => (await app()).syncStatus === 'Synced')
})

it('shows a manual change as a difference from Git', async () => {
  const scale = {
    namespace: 'shop',
    kind: 'Deployment',
    name: 'core',
    replicas: 1,
    actionId: 'act-3',
  } as const
  // Self-heal could revert it at any moment.
  await setAutoSync.run({ name, automated: null, actionId: 'act-5' }, clients, call)
  await scaleWorkload.run(scale, clients, call)
  await until(async () => (await diffApp.run({ name }, clients, signal)).differences.length > 0)
  const { differences } = await diffApp.run({ name }, clients, signal)
  expect(differences[0]?.changes).toContainEqual({ path: 'spec.replicas', live: 1, desired: 2 })
})

const createApplication = () =>
  send('POST', '/applications', {
    metadata: { name },
    spec: {
      project: 'default',
      destination: { server: 'https://kubernetes.default.svc', namespace: 'shop' },
      source: { repoURL: pathToFileURL(repository()).href, path: 'core', targetRevision: 'main' },
      syncPolicy: { automated: {} },
    },
  })

async function send(method: string, path: string, body: object) {
  const response = await fetch(`${argocdUrl}/api/v1${path}`, {
    method,
    headers: { authorization: 'Bearer argo', 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
}
