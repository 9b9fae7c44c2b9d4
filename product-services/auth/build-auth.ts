import { buildService } from '@goalixa/chassis/build-service'
import { createLog, type Log } from '@goalixa/chassis/log'
import { createMetrics, type Metrics } from '@goalixa/chassis/metrics'
import { createPool } from '@goalixa/chassis/postgres'
import { prepareDatabase } from '@goalixa/chassis/prepare-database'
import { createAccountsRepository } from './accounts/accounts.repository.ts'
import { accountsRoutes } from './accounts/accounts.routes.ts'
import { createAccountsService } from './accounts/accounts.service.ts'
import { createAuditRepository } from './audit/audit.repository.ts'
import type { AuthConfig } from './config.ts'
import { createKeysRepository } from './keys/keys.repository.ts'
import { keysRoutes } from './keys/keys.routes.ts'
import { createKeysService } from './keys/keys.service.ts'
import { createMemoryBuckets } from './limits/memory-buckets.ts'
import type { CreateBucket } from './limits/token-bucket.ts'
import { createSessionsRepository } from './sessions/sessions.repository.ts'
import { sessionsRoutes } from './sessions/sessions.routes.ts'
import { createSessionsService } from './sessions/sessions.service.ts'

type Overrides = { now?: () => number; log?: Log }

/** Builds auth: accounts, sessions and keys on one PostgreSQL database. `now` is in milliseconds since 1970. */
export async function buildAuth(config: AuthConfig, { now = Date.now, ...overrides }: Overrides = {}) {
  const log =
    overrides.log ?? createLog({ service: 'auth', version: config.SERVICE_VERSION, level: config.LOG_LEVEL })
  const metrics = createMetrics({ version: config.SERVICE_VERSION })
  const pool = createPool({ url: config.DATABASE_URL, name: 'auth', max: config.DATABASE_POOL_MAX })
  const database = prepareDatabase({
    pool,
    migrations: new URL('migrations', import.meta.url).pathname,
    log,
    metrics,
  })
  const audit = createAuditRepository({ pool })
  const keys = createKeysService({ repository: createKeysRepository({ pool }), now })
  const accounts = createAccountsService({ repository: createAccountsRepository({ pool }), now })
  const sessions = createSessionsService({
    repository: createSessionsRepository({ pool }),
    accounts,
    audit,
    keys,
    issuer: config.ISSUER,
    now,
  })
  const limits = await openLimits(config, { log, metrics, fallback: createMemoryBuckets({ now }) })
  const { createBucket } = limits
  const service = await buildService({
    name: 'auth',
    config,
    log,
    metrics,
    bodyLimit: 16_384,
    readiness: [database.readiness],
    routes(app) {
      accountsRoutes(app, { accounts, createBucket })
      sessionsRoutes(app, { sessions, createBucket })
      keysRoutes(app, { keys })
    },
    async onClose() {
      limits.close()
      await database.stop()
    },
  })
  await database.start()
  return { ...service, keys }
}

type LimitDeps = { log: Log; metrics: Metrics; fallback: CreateBucket }

// The Redis client is loaded only if Redis is configured: it takes ten megabytes.
async function openLimits({ REDIS_URL }: AuthConfig, { log, metrics, fallback }: LimitDeps) {
  if (REDIS_URL === undefined) return { createBucket: fallback, close: () => {} }
  const { createRedisBuckets } = await import('./limits/redis-buckets.ts')
  return createRedisBuckets({ url: REDIS_URL, log, metrics, fallback })
}
