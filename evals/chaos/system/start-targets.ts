import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findFreePort } from '@goalixa/chassis/find-free-port'
import type { Supervisor } from '@goalixa/sandbox/platform/create-supervisor'
import { kubeconfigFor } from '@goalixa/tools/testing/kubeconfig-for'

/** The repository that Argo CD deploys from. */
export const REPOSITORY = 'goalixa/deploy'
/** The host of its address for Syntra, which reaches GitHub through a proxy that injects faults. */
export const GIT_HOST = 'github.test'
export const TOKENS = {
  kubernetes: 'chaos-admin',
  argocd: 'chaos-argocd',
  syntra: 'chaos-syntra',
  people: 'chaos-people',
  outsider: 'chaos-outsider',
}

type Options = { supervisor: Supervisor; dataDir: string }

/** Starts the emulated Kubernetes API, GitHub and Argo CD as processes, with the repository and its webhook. */
export async function startTargets({ supervisor, dataDir }: Options) {
  const [kubernetesPort, githubPort, argocdPort] = await Promise.all([
    findFreePort(),
    findFreePort(),
    findFreePort(),
  ])
  const kubernetesUrl = `http://127.0.0.1:${kubernetesPort}`
  const githubUrl = `http://127.0.0.1:${githubPort}`
  const argocdUrl = `http://127.0.0.1:${argocdPort}`
  const kubeconfig = join(dataDir, 'kubeconfig')
  await writeFile(kubeconfig, kubeconfigFor(kubernetesUrl, TOKENS.kubernetes), { mode: 0o600 })
  supervisor.service('kubernetes-api', 'emulators/kubernetes-api/main.ts', {
    PORT: String(kubernetesPort),
    CONTROL_PLANE_TOKEN: TOKENS.kubernetes,
    LOG_LEVEL: 'warn',
  })
  supervisor.service('github', 'emulators/github/main.ts', {
    HOST: '127.0.0.1',
    PORT: String(githubPort),
    DATA_DIR: join(dataDir, 'github'),
    GITHUB_TOKENS: `syntra=${TOKENS.syntra},ada=${TOKENS.people},mallory=${TOKENS.outsider}`,
    GITHUB_RATE_LIMIT: '1000000',
    LOG_LEVEL: 'warn',
  })
  await supervisor.untilHttp(`${kubernetesUrl}/livez`)
  supervisor.service('argocd', 'emulators/argocd/main.ts', {
    KUBECONFIG: kubeconfig,
    HOST: '127.0.0.1',
    PORT: String(argocdPort),
    ARGOCD_TOKEN: TOKENS.argocd,
    DATA_DIR: join(dataDir, 'argocd'),
    TIME_SCALE: '10',
    LOG_LEVEL: 'warn',
  })
  await Promise.all([supervisor.untilHttp(`${githubUrl}/livez`), supervisor.untilHttp(`${argocdUrl}/livez`)])

  const kubernetes = createJsonClient(kubernetesUrl, TOKENS.kubernetes)
  const argocd = createJsonClient(`${argocdUrl}/api/v1`, TOKENS.argocd)
  const github = createJsonClient(githubUrl, TOKENS.people)
  const outsider = createJsonClient(githubUrl, TOKENS.outsider)
  const repoURL = `${githubUrl}/${REPOSITORY}.git`
  await github('POST', '/orgs/goalixa/repos', { name: 'deploy', private: true, auto_init: true })
  await argocd('POST', '/repositories', { repo: repoURL, username: 'ada', password: TOKENS.people })
  await github('POST', `/repos/${REPOSITORY}/hooks`, {
    name: 'web',
    events: ['push'],
    config: { url: `${argocdUrl}/api/webhook`, content_type: 'json' },
  })
  return {
    urls: { kubernetes: kubernetesUrl, argocd: argocdUrl, github: githubUrl },
    kubernetes,
    argocd,
    github,
    outsider,
    repoURL,
  }
}
export type Targets = Awaited<ReturnType<typeof startTargets>>

// biome-ignore lint/suspicious/noExplicitAny: answers of three APIs; each caller reads what it expects
type Answer = any

function createJsonClient(baseUrl: string, token: string) {
  return async (
    method: string,
    path: string,
    body?: unknown,
    contentType = 'application/json',
  ): Promise<Answer> => {
    const response = await fetch(baseUrl + path, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': contentType },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(30_000),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text.slice(0, 300)}`)
    return text === '' ? undefined : JSON.parse(text)
  }
}
