import { createTokenVerifier } from '@goalixa/chassis/access-token'
import { buildService } from '@goalixa/chassis/build-service'
import { createLog } from '@goalixa/chassis/log'
import { createMetrics } from '@goalixa/chassis/metrics'
import { createPool } from '@goalixa/chassis/postgres'
import { prepareDatabase } from '@goalixa/chassis/prepare-database'
import type { CoreConfig } from './config.ts'
import { entitiesRoutes } from './entities/entities.routes.ts'
import { createEntitiesService } from './entities/entities.service.ts'
import { reportsRoutes } from './reports/reports.routes.ts'
import { createReportsService } from './reports/reports.service.ts'
import type { PageLimits } from './sync/page-limits.ts'
import { syncRoutes } from './sync/sync.routes.ts'
import { createSyncService } from './sync/sync.service.ts'
import { requireUser } from './tenancy/require-user.ts'
import { createTenancy } from './tenancy/tenancy.ts'
import { timerRoutes } from './timer/timer.routes.ts'
import { createTimerService } from './timer/timer.service.ts'

// Shorter than the two seconds that callers wait, so that they receive the reason.
const CONNECT_TIMEOUT_MS = 1_500

type Overrides = { now?: () => number; log?: ReturnType<typeof createLog>; page?: PageLimits }

/** Builds core: sync, REST, timer and reports on one PostgreSQL database. `now` is in milliseconds since 1970. */
export async function buildCore(config: CoreConfig, { now = Date.now, ...overrides }: Overrides = {}) {
  const log =
    overrides.log ?? createLog({ service: 'core', version: config.SERVICE_VERSION, level: config.LOG_LEVEL })
  const metrics = createMetrics({ version: config.SERVICE_VERSION })
  const pool = createPool({
    url: config.DATABASE_URL,
    name: 'core',
    max: config.DATABASE_POOL_MAX,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    pipeline: true,
  })
  const tenancy = createTenancy({ pool })
  const database = prepareDatabase({
    pool,
    migrations: new URL('migrations', import.meta.url).pathname,
    log,
    metrics,
    afterMigrations: tenancy.assertRowLevelSecurity,
  })
  const verify = createTokenVerifier({
    jwksUrl: config.AUTH_JWKS_URL,
    issuer: config.ISSUER,
    audience: 'goalixa',
    now,
  })
  const sync = createSyncService({ tenancy, now, page: overrides.page })
  const service = await buildService({
    name: 'core',
    config,
    log,
    metrics,
    readiness: [database.readiness],
    routes(app) {
      requireUser(app, { verify })
      syncRoutes(app, { sync })
      entitiesRoutes(app, { entities: createEntitiesService({ tenancy, sync }) })
      timerRoutes(app, { timer: createTimerService({ tenancy, sync, now }) })
      reportsRoutes(app, { reports: createReportsService({ tenancy, now }) })
    },
    onClose: database.stop,
  })
  await database.start()
  return { ...service, sync }
}
