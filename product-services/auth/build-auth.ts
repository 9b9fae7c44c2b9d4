import { buildService } from '@goalixa/chassis/build-service'
import type { RedisConnection } from '@goalixa/chassis/connect-redis'
import { createCircuitBreaker } from '@goalixa/chassis/create-circuit-breaker'
import { createLog, type Log } from '@goalixa/chassis/log'
import { createMetrics, type Metrics } from '@goalixa/chassis/metrics'
import { createPool } from '@goalixa/chassis/postgres'
import { prepareDatabase } from '@goalixa/chassis/prepare-database'
import { createAccountsRepository } from './accounts/accounts.repository.ts'
import { accountsRoutes } from './accounts/accounts.routes.ts'
import { MAX_AUTH_BODY_BYTES } from './accounts/accounts.schema.ts'
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
import { ACCESS_SECONDS, createSessionsService } from './sessions/sessions.service.ts'

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
  const repository = createSessionsRepository({ pool })
  const shared = config.REDIS_URL ? await connect(config.REDIS_URL, { log, metrics, now }) : undefined
  const ended = shared?.createEndedSessionPublisher({
    endedSince: repository.endedSince,
    accessSeconds: ACCESS_SECONDS,
    now,
  })
  const sessions = createSessionsService({
    repository,
    accounts,
    audit,
    keys,
    publishEnded: async ids => ended?.publish(ids),
    issuer: config.ISSUER,
    now,
  })
  const inMemory = createMemoryBuckets({ now })
  const createBucket = shared?.createBuckets(inMemory) ?? inMemory
  const service = await buildService({
    name: 'auth',
    config,
    log,
    metrics,
    bodyLimit: MAX_AUTH_BODY_BYTES,
    readiness: [database.readiness],
    routes(app) {
      accountsRoutes(app, { accounts, createBucket })
      sessionsRoutes(app, { sessions, createBucket })
      keysRoutes(app, { keys })
    },
    async onClose() {
      ended?.stop()
      shared?.redis.disconnect()
      await database.stop()
    },
  })
  await database.start()
  ended?.start()
  return { ...service, keys }
}

// The Redis client is loaded only if Redis is configured: it takes ten megabytes.
async function connect(
  url: string,
  { log, metrics, now }: { log: Log; metrics: Metrics; now: () => number },
) {
  const [{ connectRedis }, { createRedisBuckets }, { createEndedSessionPublisher }] = await Promise.all([
    import('@goalixa/chassis/connect-redis'),
    import('./limits/redis-buckets.ts'),
    import('./sessions/create-ended-session-publisher.ts'),
  ])
  const consequence =
    'redis is unavailable: rate limits are per process, and the BFF asks auth which sessions have ended'
  const connection = connectRedis({ url, log, metrics, consequence })
  const { redis } = connection
  const attempt = createCircuitBreaker({ retryMs: 1_000, now })
  return {
    redis,
    createBuckets: (fallback: CreateBucket) => createRedisBuckets({ redis, attempt, fallback }),
    createEndedSessionPublisher: (
      options: Omit<Parameters<typeof createEndedSessionPublisher>[0], keyof RedisConnection>,
    ) => createEndedSessionPublisher({ ...connection, ...options }),
  }
}
