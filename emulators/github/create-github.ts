import type { AddressInfo } from 'node:net'
import { createLog, type Log } from '@goalixa/chassis/log'
import { createGithubContext } from './github-context.ts'
import { buildApp } from './http/build-app.ts'
import { createRateLimit } from './http/rate-limit.ts'
import { activityRoutes } from './routes/activity.routes.ts'
import { branchesRoutes } from './routes/branches.routes.ts'
import { checksRoutes } from './routes/checks.routes.ts'
import { commitsRoutes } from './routes/commits.routes.ts'
import { contentsRoutes } from './routes/contents.routes.ts'
import { gitHttpRoutes } from './routes/git-http.routes.ts'
import { gitObjectsRoutes } from './routes/git-objects.routes.ts'
import { gitRefsRoutes } from './routes/git-refs.routes.ts'
import { hooksRoutes } from './routes/hooks.routes.ts'
import { issuesRoutes } from './routes/issues.routes.ts'
import { mergesRoutes } from './routes/merges.routes.ts'
import { protectionRoutes } from './routes/protection.routes.ts'
import { pullCommentsRoutes } from './routes/pull-comments.routes.ts'
import { pullMergeRoutes } from './routes/pull-merge.routes.ts'
import { pullReviewsRoutes } from './routes/pull-reviews.routes.ts'
import { pullsRoutes } from './routes/pulls.routes.ts'
import { repositoriesRoutes } from './routes/repositories.routes.ts'
import { statusesRoutes } from './routes/statuses.routes.ts'
import { createStore } from './store/create-store.ts'
import { createWebhooks } from './webhooks/create-webhooks.ts'

export type GithubOptions = {
  host?: string
  /** 0 chooses a free port. */
  port?: number
  dataDir: string
  /** Logins by token. */
  tokens: ReadonlyMap<string, string>
  /** Calls per hour and login; GitHub allows 5000. */
  callsPerHour?: number
  now?: () => Date
  log?: Log
}

const REPOSITORY_ROUTES = [
  activityRoutes,
  branchesRoutes,
  protectionRoutes,
  commitsRoutes,
  gitObjectsRoutes,
  gitRefsRoutes,
  mergesRoutes,
  contentsRoutes,
  pullsRoutes,
  pullMergeRoutes,
  pullReviewsRoutes,
  pullCommentsRoutes,
  issuesRoutes,
  checksRoutes,
  statusesRoutes,
]

/** Serves GitHub's REST API and Git over HTTP, on bare repositories in a folder. */
export async function createGithub(options: GithubOptions) {
  const {
    host = '127.0.0.1',
    port = 0,
    dataDir,
    tokens,
    callsPerHour = 5000,
    now = () => new Date(),
  } = options
  const log = options.log ?? createLog({ service: 'github', level: 'warn' })
  const at = { url: '' }
  const store = await createStore({
    dataDir,
    now,
    onEvents: (repository, events) => webhooks.send(repository, events),
  })
  const webhooks = createWebhooks({
    now,
    record: (repository, keep) => store.change(repository, draft => keep(draft)),
  })
  const context = createGithubContext({ store, now, baseUrl: () => at.url })
  const rateLimit = createRateLimit({ limit: callsPerHour, now })
  const app = buildApp({ log, tokens, rateLimit })

  app.get('/livez', () => ({ status: 'ok' }))
  app.get('/rate_limit', request => {
    const core = rateLimit.read(request)
    return { resources: { core }, rate: core }
  })
  repositoriesRoutes(app, context)
  await app.register(
    async scope => {
      for (const routes of REPOSITORY_ROUTES) routes(scope, context)
      hooksRoutes(scope, context, webhooks)
    },
    { prefix: '/repos/:owner/:repo' },
  )
  await app.register(async scope => gitHttpRoutes(scope, context))

  return {
    async start() {
      await app.listen({ host, port })
      at.url = `http://${host}:${(app.server.address() as AddressInfo).port}`
      log.info({ url: at.url }, 'GitHub emulator started')
      return { url: at.url }
    },
    async stop() {
      await app.close()
      await webhooks.stop()
    },
  }
}
