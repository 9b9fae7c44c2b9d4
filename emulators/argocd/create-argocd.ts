import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createLog, type Log } from '@goalixa/chassis/log'
import { applicationsRoutes } from './api/applications.routes.ts'
import { buildApp } from './api/build-app.ts'
import { detailsRoutes } from './api/details.routes.ts'
import { operationsRoutes } from './api/operations.routes.ts'
import { projectsRoutes } from './api/projects.routes.ts'
import { repositoriesRoutes } from './api/repositories.routes.ts'
import { streamRoutes } from './api/stream.routes.ts'
import { webhookRoutes } from './api/webhook.routes.ts'
import { createApplicationStore } from './applications/create-application-store.ts'
import { createCluster } from './cluster/create-cluster.ts'
import { createController } from './controller/create-controller.ts'
import { createProjectStore } from './projects/create-project-store.ts'
import { createGitSource } from './repositories/create-git-source.ts'
import { createRepositoryStore } from './repositories/create-repository-store.ts'

// Argo CD's default interval between polls of Git.
const POLL_MS = 180_000
// Argo CD's default backoff of retries: 5 s, doubled each time. Backoffs are not scaled.
const RETRY_MS = 5_000
// The emulated version: the first with `automated.enabled`.
const VERSION = 'v3.1.0+sandbox'

export type ArgocdOptions = {
  host?: string
  /** 0 chooses a free port. */
  port?: number
  /** The path of a kubeconfig file. */
  kubeconfig: string
  /** The token of the account `admin`. */
  token: string
  /** Other accounts: their names by token. */
  accounts?: ReadonlyMap<string, string>
  dataDir: string
  /** Whether a terminated operation that a sync window blocks ends at once (3.3 and later), or once the window opens (until 3.2). */
  endsBlockedOperations?: boolean
  timeScale?: number
  now?: () => Date
  log?: Log
}

/** Serves the REST API of Argo CD and emulates its behaviour for plain manifests in Git. */
export async function createArgocd(options: ArgocdOptions) {
  const {
    host = '127.0.0.1',
    port = 0,
    kubeconfig,
    token,
    accounts = new Map(),
    dataDir,
    endsBlockedOperations = false,
    timeScale = 1,
    now = () => new Date(),
  } = options
  const log = options.log ?? createLog({ service: 'argocd', level: 'error' })
  const store = await createApplicationStore({ folder: join(dataDir, 'applications') })
  const projects = await createProjectStore({ file: join(dataDir, 'projects.json'), now })
  const repositories = await createRepositoryStore({ file: join(dataDir, 'repositories.json') })
  const git = createGitSource({ folder: join(dataDir, 'mirrors'), credentialsOf: repositories.find })
  const cluster = createCluster({ kubeconfig, log, onChange: object => controller.onClusterChange(object) })
  const controller = createController({
    store,
    projects,
    git,
    cluster,
    now,
    log,
    endsBlockedOperations,
    retryMs: RETRY_MS,
    pollMs: POLL_MS / timeScale,
  })
  const context = { store, projects, repositories, git, cluster, controller, now }
  const app = buildApp({ log, accounts: new Map([...accounts, [token, 'admin']]) })

  app.get('/livez', () => ({ status: 'ok' }))
  app.get('/api/v1/session/userinfo', ({ account }) => ({ loggedIn: true, username: account, iss: 'argocd' }))
  app.get('/api/version', () => ({ Version: VERSION }))
  applicationsRoutes(app, context)
  operationsRoutes(app, context)
  detailsRoutes(app, context)
  projectsRoutes(app, context)
  repositoriesRoutes(app, context)
  streamRoutes(app, context)
  webhookRoutes(app, context)

  return {
    async start() {
      await app.listen({ host, port })
      const url = `http://${host}:${(app.server.address() as AddressInfo).port}`
      controller.start()
      log.info({ url }, 'Argo CD emulator started')
      return { url }
    },
    /** Until `resumeController`, requested operations are not taken up and nothing is compared; the API still answers. */
    pauseController: () => controller.pause(),
    resumeController: () => controller.resume(),
    async stop() {
      await app.close()
      await controller.stop()
      await store.flush()
    },
  }
}
