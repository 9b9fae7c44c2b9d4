import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { KubernetesObject } from '@goalixa/agents/snapshot/snapshot'
import { NAMESPACE } from '@goalixa/agents/testing/kube'
import { healthyWorld, type World } from '@goalixa/agents/testing/sample-cluster'
import { createArgocd } from '@goalixa/argocd-emulator/create-argocd'
import { simulateKubelet } from '@goalixa/argocd-emulator/testing/simulate-kubelet'
import { createLog } from '@goalixa/chassis/log'
import { createKubernetesClient } from '@goalixa/emulators-shared/kubernetes/create-kubernetes-client'
import { readKubeconfig } from '@goalixa/emulators-shared/kubernetes/read-kubeconfig'
import { createGithub } from '@goalixa/github-emulator/create-github'
import { createControlPlane } from '@goalixa/kubernetes-api-emulator/create-control-plane'
import { findTool } from '@goalixa/tools/catalog'
import { createClients, type ToolSettings } from '@goalixa/tools/create-clients'
import { kubeconfigFor } from '@goalixa/tools/testing/kubeconfig-for'
import { until } from '@goalixa/tools/testing/until'
import { stringify } from 'yaml'

const listHistory = findTool('delivery_list_history')

type Manifest = { apiVersion: string; kind: string; metadata: Record<string, unknown>; spec: unknown }

const log = createLog({ service: 'test', level: 'silent' })
const signal = new AbortController().signal
const PLURALS: Record<string, string> = {
  Deployment: `/apis/apps/v1/namespaces/${NAMESPACE}/deployments`,
  Service: `/api/v1/namespaces/${NAMESPACE}/services`,
}

/**
 * Installs one service of a sample cluster into its own emulated systems: its Git repository with the commits of the
 * sample, its Argo CD application with the deployments, its objects with their manual changes. Updates the sample cluster
 * to the commits, deployments, generations and revisions that result.
 */
export async function installSample(world: World, service: string) {
  const folder = await mkdtemp(join(tmpdir(), 'sample-'))
  const controlPlane = createControlPlane({ token: 'admin', log })
  const kubeconfig = join(folder, 'kubeconfig')
  await writeFile(kubeconfig, kubeconfigFor((await controlPlane.start()).url, 'admin'))
  const cluster = createKubernetesClient(readKubeconfig(kubeconfig), { userAgent: 'test' })
  const kubelet = simulateKubelet(cluster, log)
  await kubelet.start()
  const github = await createGithub({
    dataDir: join(folder, 'github'),
    tokens: new Map([['secret', 'syntra']]),
    log,
  })
  const githubUrl = (await github.start()).url
  const argocd = await createArgocd({ kubeconfig, token: 'argo', dataDir: join(folder, 'argocd'), log })
  const argocdUrl = (await argocd.start()).url
  const tools: ToolSettings = {
    kubernetes: { kubeconfig },
    argocd: { url: argocdUrl, token: 'argo' },
    github: { url: githubUrl, token: 'secret', gitHosts: ['git.example'] },
  }

  await cluster.request('POST', '/api/v1/namespaces', { body: { metadata: { name: NAMESPACE } } })
  if (world.history[service] === undefined) await rollOut()
  else await deliver()
  await bindObjects()

  return {
    tools,
    openSyncWindows: () => setWindows([]),
    /** Reads the current specs of the service's objects. */
    specs: () =>
      Promise.all(
        manifestsOf(world.objects).map(async ({ kind, spec }) => {
          const live = await read(kind)
          return Object.fromEntries(Object.keys(spec as object).map(field => [field, live.spec[field]]))
        }),
      ),
    async stop() {
      await Promise.all([argocd.stop(), github.stop()])
      kubelet.stop()
      cluster.close()
      await controlPlane.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }

  /** Without GitOps: creates the Deployment, and its second revision if the sample has a release. */
  async function rollOut() {
    for (const manifest of manifestsOf(healthyWorld().objects)) await apply(manifest)
    await until(async () => (await revision()) === 1)
    for (const manifest of manifestsOf(world.objects)) await apply(manifest)
    if (isReleased()) await until(async () => (await revision()) === 2)
  }

  /** With GitOps: commits each of the sample's deployments, then applies the manual changes to the cluster. */
  async function deliver() {
    await call(githubUrl, 'secret', 'POST', '/orgs/shop/repos', { name: 'deploy', auto_init: true })
    const repoURL = `${githubUrl}/shop/deploy.git`
    const { automated = { prune: true } } = world.apps[service] ?? {}
    const shas = [await commit(manifestsOf(healthyWorld().objects), 'Start')]
    await call(argocdUrl, 'argo', 'POST', '/api/v1/applications', {
      metadata: { name: service },
      spec: {
        project: 'default',
        source: { repoURL, path: `apps/${service}`, targetRevision: 'main' },
        destination: { server: 'https://kubernetes.default.svc', namespace: NAMESPACE },
        syncPolicy: { automated: { prune: true } },
      },
    })
    await untilDeployed(1)
    const isManual = world.diffs[service] !== undefined
    for (const { message } of isManual ? [] : world.commits.filter(({ app }) => app === service)) {
      shas.push(await commit(manifestsOf(world.objects), message))
      await call(argocdUrl, 'argo', 'GET', `/api/v1/applications/${service}?refresh=normal`)
      await untilDeployed(shas.length)
    }
    const app = await call(argocdUrl, 'argo', 'GET', `/api/v1/applications/${service}`)
    if (automated === null)
      await call(argocdUrl, 'argo', 'PUT', `/api/v1/applications/${service}/spec`, {
        ...app.spec,
        syncPolicy: null,
      })
    if (isManual) for (const manifest of manifestsOf(world.objects)) await apply(manifest)
    await protectBranch()
    if (!world.canSync) await setWindows([CLOSED])
    await bindDelivery(repoURL, shas)
  }

  async function protectBranch() {
    const { requiredReviews, requiredChecks: contexts } = world.rules
    if (requiredReviews === 0 && contexts.length === 0) return
    await call(githubUrl, 'secret', 'PUT', '/repos/shop/deploy/branches/main/protection', {
      required_status_checks: contexts.length === 0 ? null : { strict: false, contexts },
      required_pull_request_reviews:
        requiredReviews === 0 ? null : { required_approving_review_count: requiredReviews },
      enforce_admins: false,
      restrictions: null,
    })
  }

  async function setWindows(syncWindows: object[]) {
    const project = { metadata: { name: 'default' }, spec: { syncWindows } }
    await call(argocdUrl, 'argo', 'PUT', '/api/v1/projects/default', { project })
  }

  async function bindDelivery(repoUrl: string, shas: string[]) {
    const deployed = (await history()).toReversed()
    const own = world.commits.filter(({ app }) => app === service || app === '').slice(-shas.length)
    for (const [index, entry] of own.entries()) {
      const sha = shas[index] ?? ''
      for (const deployment of world.history[service] ?? [])
        if (deployment.revision === entry.sha)
          Object.assign(deployment, {
            revision: sha,
            id: deployed[index]?.id,
            content: deployed[index]?.content,
          })
      Object.assign(entry, { sha, app: service })
    }
    world.apps[service] = { ...world.apps[service], repoUrl }
  }

  /** Copies the generations, resourceVersions and revision numbers that the API server assigned. */
  async function bindObjects() {
    for (const { kind } of manifestsOf(world.objects)) {
      const { generation, resourceVersion, annotations } = (await read(kind)).metadata
      const object = world.objects.find(isNamed(kind))
      const number = annotations?.[REVISION]
      Object.assign(object?.metadata ?? {}, {
        resourceVersion,
        ...(generation === undefined ? {} : { generation }),
        annotations: { ...annotationsOf(object), ...(number ? { [REVISION]: number } : {}) },
      })
    }
    const replicaSets = world.objects.filter(
      ({ kind, metadata }) => kind === 'ReplicaSet' && metadata.name.startsWith(`${service}-h`),
    )
    // The sample's releases are its revisions 3 and 4, which are revisions 1 and 2 here.
    for (const replicaSet of replicaSets) {
      const annotations = annotationsOf(replicaSet)
      annotations[REVISION] = String(Number(annotations[REVISION]) - 2)
    }
  }

  function manifestsOf(objects: readonly KubernetesObject[]): Manifest[] {
    return ['Deployment', 'Service'].flatMap(kind => {
      const object = objects.find(isNamed(kind))
      return object === undefined ? [] : [manifestOf(object)]
    })
  }

  function isNamed(wanted: string) {
    return ({ kind, metadata }: KubernetesObject) => kind === wanted && metadata.name === service
  }

  function isReleased(): boolean {
    const templateIn = (objects: readonly KubernetesObject[]) =>
      JSON.stringify(objects.filter(isNamed('Deployment')).map(({ spec }) => Object(spec).template))
    return templateIn(world.objects) !== templateIn(healthyWorld().objects)
  }

  async function apply(manifest: Manifest) {
    const path = PLURALS[manifest.kind] ?? ''
    const live = await read(manifest.kind).catch(() => undefined)
    if (live === undefined) return cluster.request('POST', path, { body: manifest })
    const contentType = 'application/merge-patch+json'
    return cluster.request('PATCH', `${path}/${service}`, { contentType, body: { spec: manifest.spec } })
  }

  // biome-ignore lint/suspicious/noExplicitAny: objects of two kinds, of which only a few fields are read
  async function read(kind: string): Promise<any> {
    return cluster.request('GET', `${PLURALS[kind]}/${service}`)
  }

  async function revision(): Promise<number> {
    return Number((await read('Deployment')).metadata.annotations?.[REVISION])
  }

  /** Commits the manifests that differ from those of the branch; returns the last commit. */
  async function commit(manifests: Manifest[], message: string): Promise<string> {
    let sha = ''
    for (const manifest of manifests) {
      const path = `/repos/shop/deploy/contents/apps/${service}/${manifest.kind.toLowerCase()}.yaml`
      const before = await call(githubUrl, 'secret', 'GET', path).catch(() => undefined)
      const content = Buffer.from(stringify(manifest)).toString('base64')
      if (before?.content.replaceAll('\n', '') === content) continue
      const body = { message, content, sha: before?.sha }
      sha = (await call(githubUrl, 'secret', 'PUT', path, body)).commit.sha
    }
    return sha
  }

  async function history() {
    return (await listHistory.run({ name: service }, createClients(tools), signal)).history
  }

  async function untilDeployed(count: number) {
    await until(async () => (await history()).length === count)
  }
}
export type InstalledSample = Awaited<ReturnType<typeof installSample>>

const CLOSED = { kind: 'deny', schedule: '* * * * *', duration: '1h', applications: ['*'] }
const REVISION = 'deployment.kubernetes.io/revision'

function annotationsOf(object: KubernetesObject | undefined): Record<string, string> {
  return (object?.metadata.annotations ?? {}) as Record<string, string>
}

function manifestOf({ apiVersion, kind, metadata, spec }: KubernetesObject): Manifest {
  const { name, labels } = metadata
  const { clusterIP: _, ...rest } = spec as Record<string, unknown>
  return { apiVersion: String(apiVersion), kind, metadata: { name, labels }, spec: rest }
}

async function call(
  url: string,
  token: string,
  method: string,
  path: string,
  body?: unknown,
  // biome-ignore lint/suspicious/noExplicitAny: answers of two APIs, of which only a few fields are read
): Promise<any> {
  const response = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
  return JSON.parse(text)
}
