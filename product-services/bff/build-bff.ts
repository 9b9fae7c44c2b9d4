import cookie from '@fastify/cookie'
import { createTokenVerifier } from '@goalixa/chassis/access-token'
import { buildService } from '@goalixa/chassis/build-service'
import { createCircuitBreaker } from '@goalixa/chassis/create-circuit-breaker'
import { createHttpClient } from '@goalixa/chassis/http-client'
import { createLog, type Log } from '@goalixa/chassis/log'
import { createMetrics, type Metrics } from '@goalixa/chassis/metrics'
import { authRoutes } from './auth/auth.routes.ts'
import { createMemoryCache } from './cache/memory-cache.ts'
import type { BffConfig } from './config.ts'
import { rejectCrossSiteWrites } from './csrf/reject-cross-site-writes.ts'
import { dashboardRoutes } from './dashboard/dashboard.routes.ts'
import { createDashboardService } from './dashboard/dashboard.service.ts'
import { setPrivateHeaders } from './headers/set-private-headers.ts'
import { createAnswerLimit } from './limits/create-answer-limit.ts'
import { createInFlightLimit } from './limits/create-in-flight-limit.ts'
import { proxyRoutes } from './proxy/proxy.routes.ts'
import { createUpstream } from './proxy/upstream.ts'
import { createEndedSessionCheck } from './sessions/check-ended-session.ts'
import { createFindSession } from './sessions/find-session.ts'
import { createSessionGuard } from './sessions/require-session.ts'
import { createSessionCookies } from './sessions/session-cookies.ts'
import { createSessionMetrics } from './sessions/session-metrics.ts'

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
  const shared = config.REDIS_URL ? await connect(config.REDIS_URL, { log, metrics, now }) : undefined
  const cache = shared?.cache ?? createMemoryCache({ now })
  const verify = createTokenVerifier({
    jwksUrl: config.AUTH_JWKS_URL,
    issuer: config.ISSUER,
    audience: 'goalixa',
    now,
  })
  const cookies = createSessionCookies({ isInsecure: config.INSECURE_COOKIES })
  const count = createSessionMetrics(metrics.registry)
  const endedSessions = createEndedSessionCheck({ auth, published: shared?.published, now, count })
  const findSession = createFindSession({
    auth,
    cookies,
    verify,
    endedSessions,
    enter: createInFlightLimit(),
    now,
    count,
  })
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
      const guard = createSessionGuard(app, findSession)
      const receiveAnswer = createAnswerLimit()
      authRoutes(app, { auth, cookies, verify, findSession, guard, endedSessions })
      await proxyRoutes(app, { core, guard, receiveAnswer })
      dashboardRoutes(app, {
        dashboard: createDashboardService({ auth, core, cache, now }),
        guard,
        receiveAnswer,
      })
    },
    onClose: async () => shared?.redis.disconnect(),
  })
}

// The Redis client is loaded only if Redis is configured: it takes ten megabytes.
async function connect(
  url: string,
  { log, metrics, now }: { log: Log; metrics: Metrics; now: () => number },
) {
  const [{ connectRedis }, { createRedisCache }, { createEndedSessionReader }] = await Promise.all([
    import('@goalixa/chassis/connect-redis'),
    import('./cache/redis-cache.ts'),
    import('./sessions/ended-session-reader.ts'),
  ])
  const consequence = 'redis is unavailable: nothing is cached, and auth is asked which sessions have ended'
  const { redis } = connectRedis({ url, log, metrics, consequence })
  // Shared, so that a request waits at most once for a Redis that hangs.
  const attempt = createCircuitBreaker({ retryMs: 1_000, now })
  return {
    redis,
    cache: createRedisCache({ redis, attempt }),
    published: createEndedSessionReader({ redis, attempt }),
  }
}
