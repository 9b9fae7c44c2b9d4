import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createLog } from '@goalixa/chassis/log'
import { gitText } from '@goalixa/emulators-shared/git/run-git'
import { createKubernetesClient } from '@goalixa/emulators-shared/kubernetes/create-kubernetes-client'
import { readKubeconfig } from '@goalixa/emulators-shared/kubernetes/read-kubeconfig'
import { createResponseValidator } from '@goalixa/emulators-shared/testing/create-response-validator'
import { createGithub } from '@goalixa/github-emulator/create-github'
import { createControlPlane } from '@goalixa/kubernetes-api-emulator/create-control-plane'
import { Octokit } from '@octokit/rest'
import type { Application } from '../applications/application.ts'
import { type ArgocdOptions, createArgocd } from '../create-argocd.ts'
import { conformanceConfig } from './config.ts'
import { readDescription } from './read-description.ts'
import { simulateKubelet } from './simulate-kubelet.ts'

// A real one also polls, backs off and queues.
const PATIENCE_SECONDS = conformanceConfig.CONFORMANCE_ARGOCD_URL === undefined ? 30 : 120
const DESTINATION = 'https://kubernetes.default.svc'

/** Starts an Argo CD, its Git repository and its cluster: emulated, or real if `CONFORMANCE_ARGOCD_*` is set. */
export async function startArgocd(options: EmulatorOptions = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'argocd-'))
  const endpoint = (await realEndpoint()) ?? (await emulatedEndpoint(folder, options))
  const { url, token, repoUrl, pushUrl, kubeconfig } = endpoint
  const cluster = createKubernetesClient(readKubeconfig(kubeconfig), { userAgent: 'conformance' })
  const suffix = randomUUID().slice(0, 6)
  const namespace = `conformance-${suffix}`
  const clone = join(folder, 'clone')
  const validate = await responseValidator()
  const created: string[] = []
  await gitText(folder, ['clone', '--quiet', pushUrl, clone])
  await gitText(clone, ['checkout', '--quiet', '-B', 'main'])
  await cluster.request('POST', '/api/v1/namespaces', { body: { metadata: { name: namespace } } })

  const call = (method: string, path: string, body?: unknown) => callAs(token, method, path, body)

  async function callAs(account: string, method: string, path: string, body?: unknown) {
    const headers = { authorization: `Bearer ${account}`, 'content-type': 'application/json' }
    const options = { method, headers, body: body === undefined ? undefined : JSON.stringify(body) }
    const response = await fetch(`${url}/api/v1${path}`, options)
    const answer = (await response.json()) as Record<string, unknown>
    validate?.({ method, path: new URL(response.url).pathname, status: response.status, body: answer })
    return { status: response.status, body: answer }
  }
  // A real Argo CD and its cluster outlive the suite.
  async function cleanUp(): Promise<void> {
    for (const name of created) await call('DELETE', `/applications/${name}?cascade=true`)
    await cluster.request('DELETE', `/api/v1/namespaces/${namespace}`, { body: {} })
  }
  async function get(name: string, refresh?: string): Promise<Application> {
    const { path, namespace: appNamespace } = located(name)
    const query = Object.entries({ appNamespace, refresh }).flatMap(([key, value]) =>
      value === undefined ? [] : [`${key}=${value}`],
    )
    const { body } = await call('GET', `${path}?${query.join('&')}`)
    return body as unknown as Application
  }

  return {
    ...endpoint,
    cluster,
    namespace,
    call,
    /** The same with the token of another account. */
    callAs,
    get,
    nameOf: (name: string) => `${name}-${suffix}`,
    /** Commits files (null deletes) to main, pushes, and returns the sha of the commit. */
    async push(files: Record<string, string | null>, message = 'Change'): Promise<string> {
      for (const [path, text] of Object.entries(files)) {
        const file = join(clone, path)
        if (text === null) await rm(file)
        else await mkdir(dirname(file), { recursive: true }).then(() => writeFile(file, text))
      }
      await gitText(clone, ['add', '--all'])
      await gitText(clone, ['commit', '--quiet', '--message', message])
      // Another file of the suite may have pushed to the same repository.
      await gitText(clone, ['push', '--quiet', 'origin', 'main']).catch(async () => {
        await gitText(clone, ['pull', '--quiet', '--rebase', 'origin', 'main'])
        await gitText(clone, ['push', '--quiet', 'origin', 'main'])
      })
      return gitText(clone, ['rev-parse', 'HEAD'])
    },
    /** Creates an application for a folder of the repository; `namespace/name` outside Argo CD's own namespace. */
    async createApp(name: string, path: string, spec: Record<string, unknown> = {}) {
      created.push(name)
      return call('POST', '/applications', {
        metadata: located(name).metadata,
        spec: {
          project: 'default',
          source: { repoURL: repoUrl, path, targetRevision: 'main' },
          destination: { server: DESTINATION, namespace },
          ...spec,
        },
      })
    },
    /** Waits until the application is as expected; the error contains its last state. */
    async until(
      name: string,
      isWanted: (app: Application) => boolean,
      seconds = PATIENCE_SECONDS,
    ): Promise<Application> {
      const deadline = Date.now() + seconds * 1000
      for (;;) {
        const app = await get(name)
        if (app.status && isWanted(app)) return app
        if (Date.now() > deadline)
          throw new Error(
            `The application did not reach the expected state: ${JSON.stringify(app.status ?? app, null, 1)}`,
          )
        await sleep(100)
      }
    },
    async stop() {
      if (endpoint.emulation === undefined) await cleanUp()
      cluster.close()
      await endpoint.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
export type Argocd = Awaited<ReturnType<typeof startArgocd>>

function located(qualified: string) {
  const [first = '', second] = qualified.split('/')
  const metadata = second === undefined ? { name: first } : { name: second, namespace: first }
  return { metadata, path: `/applications/${metadata.name}`, namespace: second && first }
}

async function responseValidator() {
  const description = await readDescription(conformanceConfig.CONFORMANCE_ARGOCD_OPENAPI)
  return description === undefined ? undefined : createResponseValidator(description)
}

async function realEndpoint() {
  const {
    CONFORMANCE_ARGOCD_URL: url,
    CONFORMANCE_ARGOCD_TOKEN: token,
    CONFORMANCE_ARGOCD_REPO: pushUrl,
    CONFORMANCE_ARGOCD_KUBECONFIG: kubeconfig,
  } = conformanceConfig
  if (!url || !token || !pushUrl || !kubeconfig) return undefined
  const repoUrl = pushUrl.replace(/\/\/[^/@]*@/, '//')
  const kubelet = await simulateMissingNodes(kubeconfig)
  return {
    url,
    token,
    otherToken: undefined,
    repoUrl,
    pushUrl,
    kubeconfig,
    emulation: undefined,
    stop: async () => kubelet?.stop(),
  }
}

/** Without a node, as on a bare control plane, nothing else makes pods ready. */
async function simulateMissingNodes(kubeconfig: string) {
  const client = createKubernetesClient(readKubeconfig(kubeconfig), { userAgent: 'kubelet' })
  const { items } = await client.request<{ items: unknown[] }>('GET', '/api/v1/nodes')
  if (items.length > 0) return client.close()
  const pods = simulateKubelet(client, createLog({ service: 'conformance', level: 'silent' }))
  await pods.start()
  const stop = () => {
    pods.stop()
    client.close()
  }
  return { stop }
}

type EmulatorOptions = Pick<ArgocdOptions, 'endsBlockedOperations'>

async function emulatedEndpoint(folder: string, emulator: EmulatorOptions) {
  const log = createLog({ service: 'conformance', level: 'silent' })
  const controlPlane = createControlPlane({ token: 'cluster-token', log })
  const kubeconfig = await writeKubeconfig(folder, (await controlPlane.start()).url)
  const kubelet = createKubernetesClient(readKubeconfig(kubeconfig), { userAgent: 'kubelet' })
  const pods = simulateKubelet(kubelet, log)
  await pods.start()

  const github = await createGithub({
    dataDir: join(folder, 'github'),
    tokens: new Map([['t-dev', 'dev']]),
    log,
  })
  const githubUrl = (await github.start()).url
  const octokit = new Octokit({ baseUrl: githubUrl, auth: 't-dev' })
  await octokit.repos.createInOrg({ org: 'goalixa', name: 'deploy', private: true, auto_init: true })
  const repoUrl = `${githubUrl}/goalixa/deploy.git`

  const token = 'argocd-token'
  const otherToken = 'token-of-mallory'
  const accounts = new Map([[otherToken, 'mallory']])
  const options = { kubeconfig, token, accounts, dataDir: join(folder, 'argocd'), log, ...emulator }
  let argocd = await createArgocd(options)
  const { url } = await argocd.start()
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const body = JSON.stringify({ repo: repoUrl, username: 'dev', password: 't-dev' })
  await fetch(`${url}/api/v1/repositories`, { method: 'POST', headers, body })
  const config = { url: `${url}/api/webhook`, content_type: 'json' }
  await octokit.repos.createWebhook({ owner: 'goalixa', repo: 'deploy', config })

  const pushUrl = repoUrl.replace('://', '://dev:t-dev@')
  const stop = async () => {
    await argocd.stop()
    await github.stop()
    pods.stop()
    kubelet.close()
    await controlPlane.stop()
  }
  // Only an emulator can be restarted or paused by a test.
  const emulation = {
    pauseController: () => argocd.pauseController(),
    resumeController: () => argocd.resumeController(),
    async restartArgocd() {
      await argocd.stop()
      argocd = await createArgocd({ ...options, port: Number(new URL(url).port) })
      await argocd.start()
    },
    stopGithub: () => github.stop(),
  }
  return {
    url,
    token,
    otherToken: otherToken as string | undefined,
    repoUrl,
    pushUrl,
    kubeconfig,
    emulation: emulation as Emulation | undefined,
    stop,
  }
}
type Emulation = {
  restartArgocd: () => Promise<void>
  stopGithub: () => Promise<void>
  pauseController: () => Promise<void>
  resumeController: () => void
}

async function writeKubeconfig(folder: string, server: string): Promise<string> {
  const path = join(folder, 'kubeconfig.json')
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'sandbox',
    contexts: [{ name: 'sandbox', context: { cluster: 'sandbox', user: 'admin' } }],
    clusters: [{ name: 'sandbox', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'admin', user: { token: 'cluster-token' } }],
  }
  await writeFile(path, JSON.stringify(config))
  return path
}
