import { join } from 'node:path'
import { findFreePort } from '@goalixa/chassis/find-free-port'
import type { Supervisor } from './create-supervisor.ts'
import { openDeployRepository } from './open-deploy-repository.ts'
import { renderManifests } from './render-manifests.ts'
import { APPS, DEPLOY_REPOSITORY, NAMESPACE, PROJECT, REPOSITORY, TIME_SCALE } from './settings.ts'

type Options = { supervisor: Supervisor; dataDir: string; kubeconfig: string; newToken: () => string }

/** Starts GitHub with the deployment repository, and Argo CD with one application for each service. */
export async function startDelivery({ supervisor, dataDir, kubeconfig, newToken }: Options) {
  const [githubPort, argocdPort] = await Promise.all([findFreePort(), findFreePort()])
  const tokens = { deployer: newToken(), syntra: newToken(), argocd: newToken(), webhook: newToken() }
  const githubUrl = `http://127.0.0.1:${githubPort}`
  const argocdUrl = `http://127.0.0.1:${argocdPort}`
  supervisor.service('github', 'emulators/github/main.ts', {
    HOST: '127.0.0.1',
    PORT: String(githubPort),
    DATA_DIR: join(dataDir, 'github'),
    GITHUB_TOKENS: `deployer=${tokens.deployer},syntra=${tokens.syntra}`,
  })
  supervisor.service('argocd', 'emulators/argocd/main.ts', {
    KUBECONFIG: kubeconfig,
    HOST: '127.0.0.1',
    PORT: String(argocdPort),
    ARGOCD_TOKEN: tokens.argocd,
    DATA_DIR: join(dataDir, 'argocd'),
    TIME_SCALE: String(TIME_SCALE),
  })
  await supervisor.untilHttp(`${githubUrl}/livez`)
  const github = jsonClient(githubUrl, tokens.deployer)
  await github('POST', '/orgs/goalixa/repos', { name: 'deploy', private: true, auto_init: true })
  const repository = await openDeployRepository({
    url: `http://deployer:${tokens.deployer}@127.0.0.1:${githubPort}/${DEPLOY_REPOSITORY}.git`,
    folder: join(dataDir, 'deploy'),
  })
  const manifests = await renderManifests(join(REPOSITORY, 'k8s/overlays/sandbox'), 'production', APPS)
  await repository.commit({
    message: 'Deploy auth, core, bff and pwa 1.4.0',
    author: { name: 'Release bot', email: 'release-bot@goalixa.com' },
    files: Object.fromEntries([...manifests].map(([path, text]) => [path, () => text])),
  })

  await supervisor.untilHttp(`${argocdUrl}/livez`)
  await github('POST', `/repos/${DEPLOY_REPOSITORY}/hooks`, {
    name: 'web',
    events: ['push'],
    config: { url: `${argocdUrl}/api/webhook`, content_type: 'json' },
  })
  const argocd = jsonClient(argocdUrl, tokens.argocd)
  const repoURL = `${githubUrl}/${DEPLOY_REPOSITORY}.git`
  await argocd('POST', '/api/v1/repositories', {
    repo: repoURL,
    username: 'deployer',
    password: tokens.deployer,
  })
  await argocd('POST', '/api/v1/projects', {
    project: { metadata: { name: PROJECT }, spec: projectSpec(repoURL) },
  })
  return {
    githubUrl,
    argocdUrl,
    tokens,
    repository,
    argocd,
    /** Creates the applications, which starts their first sync. */
    async createApplications() {
      for (const name of APPS) {
        await argocd('POST', '/api/v1/applications', {
          metadata: { name },
          spec: {
            project: PROJECT,
            source: { repoURL, path: `production/${name}`, targetRevision: 'main' },
            destination: { server: 'https://kubernetes.default.svc', namespace: NAMESPACE },
            syncPolicy: { automated: { prune: true, selfHeal: false } },
          },
        })
      }
    },
  }
}
export type Delivery = Awaited<ReturnType<typeof startDelivery>>

function projectSpec(repoURL: string) {
  return { sourceRepos: [repoURL], destinations: [{ server: '*', namespace: NAMESPACE }] }
}

function jsonClient(baseUrl: string, token: string) {
  return async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(baseUrl + path, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(20_000),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text.slice(0, 400)}`)
    return text === '' ? undefined : JSON.parse(text)
  }
}
