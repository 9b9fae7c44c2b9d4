import cookie from '@fastify/cookie'
import { createTokenVerifier } from '@goalixa/chassis/access-token'
import { buildService } from '@goalixa/chassis/build-service'
import { createHttpClient } from '@goalixa/chassis/http-client'
import { createLog, type Log } from '@goalixa/chassis/log'
import { createMetrics, type Metrics } from '@goalixa/chassis/metrics'
import { authRoutes } from './auth/auth.routes.ts'
import type { Cache } from './cache/cache.ts'
import { createMemoryCache } from './cache/memory-cache.ts'
import type { BffConfig } from './config.ts'
import { rejectCrossSiteWrites } from './csrf/reject-cross-site-writes.ts'
import { dashboardRoutes } from './dashboard/dashboard.routes.ts'
import { createDashboardService } from './dashboard/dashboard.service.ts'
import { setPrivateHeaders } from './headers/set-private-headers.ts'
import { proxyRoutes } from './proxy/proxy.routes.ts'
import { createUpstream } from './proxy/upstream.ts'
import { createFindSession } from './sessions/find-session.ts'
import { createSessionCookies } from './sessions/session-cookies.ts'

type Overrides = { now?: () => number; log?: Log }

/** Builds the BFF: the browser's only way to auth and core. `now` is in milliseconds since 1970. */
export async function buildBff(config: BffConfig, { now = Date.now, ...overrides }: Overrides = {}) {
  const log =
    overrides.log ?? createLog({ service: 'bff', version: config.SERVICE_VERSION, level: config.LOG_LEVEL })
  const metrics = createMetrics({ version: config.SERVICE_VERSION })
  const upstream = (name: string, baseUrl: string) =>
    createUpstream({ name, call: createHttpClient({ upstream: name, baseUrl, metrics }) })
  const auth = upstream('auth', config.AUTH_URL)
  const core = upstream('core', config.CORE_URL)
  const cache = config.REDIS_URL
    ? await openRedisCache({ url: config.REDIS_URL, log, metrics })
    : createMemoryCache({ now })
  const verify = createTokenVerifier({
    jwksUrl: config.AUTH_JWKS_URL,
    issuer: config.ISSUER,
    audience: 'goalixa',
    now,
  })
  const cookies = createSessionCookies({ isInsecure: config.INSECURE_COOKIES })
  const findSession = createFindSession({ auth, cookies, verify })
  // Readiness checks neither auth nor core: their outage must not take the BFF out of service for everybody.
  return buildService({
    name: 'bff',
    config,
    log,
    metrics,
    async routes(app) {
      await app.register(cookie)
      setPrivateHeaders(app)
      rejectCrossSiteWrites(app, { allowedOrigins: config.ALLOWED_ORIGINS.split(',').filter(Boolean) })
      authRoutes(app, { auth, cookies, findSession })
      proxyRoutes(app, { core, findSession })
      dashboardRoutes(app, { dashboard: createDashboardService({ auth, core, cache, now }), findSession })
    },
    onClose: cache.close,
  })
}

// The Redis client is loaded only if Redis is configured: it takes ten megabytes.
async function openRedisCache(options: { url: string; log: Log; metrics: Metrics }): Promise<Cache> {
  const { createRedisCache } = await import('./cache/redis-cache.ts')
  return createRedisCache(options)
}
