import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createArgocd } from '@goalixa/argocd-emulator/create-argocd'
import { createLog } from '@goalixa/chassis/log'
import { createGithub } from '@goalixa/github-emulator/create-github'
import { createControlPlane } from '@goalixa/kubernetes-api-emulator/create-control-plane'
import { findTool } from '@goalixa/tools/catalog'
import { createClients, type ToolSettings } from '@goalixa/tools/create-clients'
import { kubeconfigFor } from '@goalixa/tools/testing/kubeconfig-for'
import { until } from '@goalixa/tools/testing/until'

const listHistory = findTool('delivery_list_history')

const log = createLog({ service: 'test', level: 'silent' })
const signal = new AbortController().signal
const REPO = 'goalixa/deploy'
const APPS = '/apis/apps/v1/namespaces/shop'

/**
 * Starts the emulated Kubernetes API, Argo CD and GitHub in this process. Argo CD delivers `core`, whose last release
 * is bad; it does not manage `plain` and `old`, and `old` has two revisions. `state` counts what exists at the end.
 */
export async function startSystems() {
  const folder = await mkdtemp(join(tmpdir(), 'systems-'))
  const controlPlane = createControlPlane({ token: 'admin', log })
  const cluster = callerOf((await controlPlane.start()).url, 'admin')
  const kubeconfig = join(folder, 'kubeconfig')
  await writeFile(kubeconfig, kubeconfigFor(cluster.url, 'admin'))
  const githubEmulator = await createGithub({
    dataDir: join(folder, 'github'),
    tokens: new Map([['secret', 'syntra']]),
    log,
  })
  const github = callerOf((await githubEmulator.start()).url, 'secret')
  const argocdEmulator = await createArgocd({
    kubeconfig,
    token: 'argo',
    dataDir: join(folder, 'argocd'),
    log,
  })
  const argocd = callerOf((await argocdEmulator.start()).url, 'argo')
  const tools: ToolSettings = {
    kubernetes: { kubeconfig },
    argocd: { url: argocd.url, token: 'argo' },
    github: { url: github.url, token: 'secret', gitHosts: ['github.test'] },
  }
  const history = async () => (await listHistory.run({ name: 'core' }, createClients(tools), signal)).history

  await cluster.call('POST', '/api/v1/namespaces', { metadata: { name: 'shop' } })
  await github.call('POST', '/orgs/goalixa/repos', { name: 'deploy', auto_init: true })
  const good = await release('core:1.4.0')
  await argocd.call('POST', '/api/v1/applications', {
    metadata: { name: 'core' },
    spec: {
      project: 'default',
      destination: { server: 'https://kubernetes.default.svc', namespace: 'shop' },
      source: { repoURL: `${github.url}/${REPO}.git`, path: 'core', targetRevision: 'main' },
      syncPolicy: { automated: {} },
    },
  })
  await until(async () => (await history())[0]?.revision === good)
  const bad = await release('core:1.5.0')
  await argocd.call('GET', '/api/v1/applications/core?refresh=normal')
  await until(async () => (await history())[0]?.revision === bad)

  for (const name of ['plain', 'old'])
    await cluster.call('POST', `${APPS}/deployments`, deployment(name, `${name}:1`))
  await until(async () => (await revisionsOf('old')) === 1)
  await cluster.call('PUT', `${APPS}/deployments/old`, deployment('old', 'old:2'))
  await until(async () => (await revisionsOf('old')) === 2)

  return {
    tools,
    repo: `github.test/${REPO}`,
    bad,
    before: {
      goodId: (await history()).find(({ revision }) => revision === good)?.id ?? -1,
      plainGeneration: (await read('plain')).metadata.generation,
      oldGeneration: (await read('old')).metadata.generation,
    },
    state,
    async stop() {
      await Promise.all([argocdEmulator.stop(), githubEmulator.stop()])
      await controlPlane.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }

  async function release(image: string): Promise<string> {
    const path = `/repos/${REPO}/contents/core/deployment.yaml`
    const before = await github.call('GET', path).catch(() => undefined)
    const content = Buffer.from(JSON.stringify(deployment('core', image), null, 1)).toString('base64')
    const { commit } = await github.call('PUT', path, { message: image, content, sha: before?.sha })
    return commit.sha
  }

  async function imageAt(revision: string): Promise<string> {
    const { content } = await github.call(
      'GET',
      `/repos/${REPO}/contents/core/deployment.yaml?ref=${revision}`,
    )
    return imageOf(JSON.parse(Buffer.from(content, 'base64').toString()))
  }

  async function read(name: string) {
    return cluster.call('GET', `${APPS}/deployments/${name}`)
  }

  async function revisionsOf(name: string): Promise<number> {
    const { items } = await cluster.call('GET', `${APPS}/replicasets?labelSelector=app%3D${name}`)
    return items.length
  }

  async function state() {
    const commits: { commit: { message: string }; parents: unknown[] }[] = await github.call(
      'GET',
      `/repos/${REPO}/commits?per_page=100`,
    )
    const pulls: { state: string; merged_at: string | null }[] = await github.call(
      'GET',
      `/repos/${REPO}/pulls?state=all`,
    )
    const entries = (await history()).toReversed()
    const { spec } = await argocd.call('GET', '/api/v1/applications/core')
    const [plain, old] = [await read('plain'), await read('old')]
    return {
      revertCommits: commits.filter(({ commit }) => commit.message.startsWith('Revert')).length,
      mergeCommits: commits.filter(({ parents }) => parents.length > 1).length,
      pullRequests: pulls.map(pull => ({ state: pull.state, merged: pull.merged_at !== null })),
      deployed: await Promise.all(entries.map(({ revision }) => imageAt(revision ?? ''))),
      automated: spec.syncPolicy?.automated ?? null,
      plain: {
        generation: plain.metadata.generation,
        replicas: plain.spec.replicas,
        revisions: await revisionsOf('plain'),
      },
      old: {
        generation: old.metadata.generation,
        image: imageOf(old),
        revisions: await revisionsOf('old'),
      },
    }
  }
}
export type Systems = Awaited<ReturnType<typeof startSystems>>

function deployment(name: string, image: string) {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'shop' },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name, image }] } },
    },
  }
}

function imageOf(object: ReturnType<typeof deployment>): string {
  return object.spec.template.spec.containers[0]?.image ?? ''
}

function callerOf(url: string, token: string) {
  return {
    url,
    // biome-ignore lint/suspicious/noExplicitAny: answers of three APIs; the test compares only what it expects
    async call(method: string, path: string, body?: unknown): Promise<any> {
      const response = await fetch(url + path, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: body === undefined ? undefined : JSON.stringify(body),
      })
      const text = await response.text()
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
      return JSON.parse(text)
    },
  }
}
