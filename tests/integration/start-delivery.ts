import type { Release } from '@goalixa/agents/devops/rollback/release'
import { configMap } from '@goalixa/argocd-emulator/testing/manifests'
import { startArgocd } from '@goalixa/argocd-emulator/testing/start-argocd'
import { createToolExecutor } from '@goalixa/syntra/actions/execution/tool-executor'
import { allTools } from '@goalixa/tools/catalog'
import { createClients } from '@goalixa/tools/create-clients'

const REPO = 'goalixa/deploy'
const TOKEN = 't-dev'

/** Starts the emulated Argo CD, GitHub and Kubernetes API, with the real tools for them. */
export async function startDelivery() {
  const argocd = await startArgocd()
  const githubUrl = new URL(argocd.repoUrl).origin
  const clients = createClients({
    argocd: { url: argocd.url, token: argocd.token },
    github: { url: githubUrl, token: TOKEN, gitHosts: ['github.test'] },
  })
  const toolExecutor = createToolExecutor({
    tools: allTools,
    clients,
    readTimeoutMs: 10_000,
    writeTimeoutMs: 60_000,
  })

  let made = 0

  async function github(method: string, path: string, body?: unknown) {
    const response = await fetch(`${githubUrl}/repos/${REPO}${path}`, {
      method,
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return text === '' ? null : JSON.parse(text)
  }

  async function commit(
    name: string,
    version: string,
    before?: string,
  ): Promise<{ sha: string; blob: string }> {
    const content = Buffer.from(configMap(name, { VERSION: version })).toString('base64')
    const message = `${name} ${version}`
    const body = { message, content, branch: 'main', sha: before }
    const answer = await github('PUT', `/contents/${name}/config.yaml`, body)
    return { sha: answer.commit.sha, blob: answer.content.sha }
  }

  return {
    argocd,
    toolExecutor,
    github,
    /** Commits a config of that name to main, in place of the blob that was there before. */
    commit,
    /** Creates an application with a good and a bad deployment in its history; resolves with the bad release. The application lives in this namespace, by default in Argo CD's own. */
    async releaseBad(namespace?: string): Promise<Release & { name: string }> {
      made += 1
      const name = `shop-${made}`
      const app = namespace === undefined ? name : `${namespace}/${name}`
      const good = await commit(name, 'good')
      await argocd.createApp(app, name, { syncPolicy: { automated: { prune: true } } })
      await argocd.until(app, ({ status }) => status.history?.length === 1)
      const bad = await commit(name, 'bad', good.blob)
      await argocd.until(app, ({ status }) => status.history?.length === 2)
      const release = releaseOf(name, good.sha, bad.sha)
      return { ...release, app: release.app && { ...release.app, name: app }, name }
    },
    /** Does the same for an application with manual syncs. */
    async releaseByHand(): Promise<Release & { name: string }> {
      const release = await this.releaseBad()
      const { spec } = await argocd.get(release.name)
      await argocd.call('PUT', `/applications/${release.name}/spec`, { ...spec, syncPolicy: null })
      return { ...release, app: release.app && { ...release.app, automated: null } }
    },
    async versionOf(name: string): Promise<string> {
      const path = `/api/v1/namespaces/${argocd.namespace}/configmaps/${name}`
      return (await argocd.cluster.request<{ data: { VERSION: string } }>('GET', path)).data.VERSION
    },
    stop: () => argocd.stop(),
  }
}
export type Delivery = Awaited<ReturnType<typeof startDelivery>>

function releaseOf(name: string, good: string, bad: string): Release {
  return {
    cause: {
      code: 'RELEASE_ERRORS',
      subject: { kind: 'Deployment', namespace: 'shop', name: 'core' },
      service: 'core',
      confidence: 0.9,
      message: 'The new release fails',
      chain: [],
      change: null,
      for: [],
      against: [],
    },
    workload: undefined,
    app: {
      evidence: 'E1',
      name,
      project: 'default',
      namespace: 'shop',
      cluster: 'in-cluster',
      repo: `github.test/${REPO}`,
      path: name,
      branch: 'main',
      syncStatus: 'Synced',
      revision: bad,
      health: 'Healthy',
      automated: { prune: true, selfHeal: false },
      knowsAutomation: true,
      operation: null,
      resources: [],
      parent: null,
      hasHooks: false,
    },
    current: { id: 1, revision: bad },
    target: { id: 0, revision: good },
    sha: bad,
    toRevision: null,
    fromRevision: null,
    canSync: true,
    requiredReviews: 0,
    requiredChecks: 0,
    operationSeconds: 120,
    checkSeconds: 120,
    evidence: [],
  }
}
