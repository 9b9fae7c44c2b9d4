import { CLUSTER_LABELS } from '@goalixa/agents/snapshot/alert-labels'
import { buildService } from '@goalixa/chassis/build-service'
import { ExpectedError } from '@goalixa/chassis/errors'
import type { Log } from '@goalixa/chassis/log'
import type { Metrics } from '@goalixa/chassis/metrics'
import { checkPostgres, createPool } from '@goalixa/chassis/postgres'
import { settingNames } from '@goalixa/tools/connections/connection'
import { createOutboundFetch } from '@goalixa/tools/connections/create-outbound-fetch'
import { proxiesOf } from '@goalixa/tools/connections/proxy-settings'
import { createAlertsRepository } from './alerts/alerts.repository.ts'
import { createAlertsService } from './alerts/alerts.service.ts'
import { createRejectedAlertsRepository } from './alerts/rejected-alerts.repository.ts'
import { createApprovalsService } from './approvals/approvals.service.ts'
import { clockOf, createDatabaseClock } from './clock/database-clock.ts'
import { createCompositionRoot } from './composition/composition-root.ts'
import type { Dependencies } from './composition/dependencies.ts'
import type { SyntraConfig } from './config.ts'
import { createIncidentsRepository } from './incidents/incidents.repository.ts'
import { createTimelineWatch } from './incidents/timeline-watch.ts'
import { createInvestigationsService } from './investigations/investigations.service.ts'
import { createApiKeysRepository, parseBootstrapKeys } from './operators/api-keys.repository.ts'
import { createAuthenticate } from './operators/authenticate.ts'
import { parseOperators } from './operators/parse-operators.ts'
import { createRequireRole } from './operators/require-role.ts'
import { registerRoutes } from './register-routes.ts'
import { openStorage } from './storage/open-storage.ts'
import { createSyntraMetrics } from './telemetry/metrics.ts'

type Options = {
  config: SyntraConfig
  dependencies: Dependencies
  log: Log
  metrics: Metrics
  /** The database's by default. */
  now?: () => Date
}

/** The HTTP side of Syntra: accepts alerts, commands and decisions; serves incidents, evidence and actions. */
export async function buildApi({ config, dependencies, log, metrics, now: ownNow }: Options) {
  const keys = parseBootstrapKeys(config.SYNTRA_BOOTSTRAP_KEYS)
  const jwt = jwtOf(config)
  const storage = await openStorage({
    url: config.DATABASE_URL,
    name: 'syntra-api',
    leaseSeconds: config.SYNTRA_JOB_LOCK_SECONDS,
  })
  const { pool } = storage
  const clock = ownNow ? clockOf(ownNow) : await createDatabaseClock(pool)
  const { now } = clock
  const syntraMetrics = createSyntraMetrics(metrics)
  const wired = createCompositionRoot({ config, storage, dependencies, metrics: syntraMetrics, log, now })
  const { ledger, policy, limits, evidence, investigations } = wired
  const apiKeys = createApiKeysRepository(pool)
  await apiKeys.bootstrap(keys)
  const signIn = createRequireRole(createAuthenticate({ apiKeys, jwt, fetch: createIssuerFetch(config) }))
  const watch = createTimelineWatch(config.DATABASE_URL)
  const closing = new AbortController()
  // One connection writes all alerts; a second one while the first is being replaced.
  const alertsPool = createPool({ url: config.DATABASE_URL, name: 'syntra-alerts', max: 2, pipeline: true })
  const rejectedAlerts = createRejectedAlertsRepository(pool)
  const alerts = createAlertsService({
    repository: createAlertsRepository(alertsPool, {
      groupSeconds: config.SYNTRA_GROUP_SECONDS,
      reopenSeconds: config.SYNTRA_REOPEN_SECONDS,
      stormIncidents: config.SYNTRA_STORM_INCIDENTS,
      cluster: config.SYNTRA_CLUSTER ?? null,
    }),
    rejectedAlerts,
    metrics: syntraMetrics,
    log,
    now,
    backlog: config.SYNTRA_ALERT_BACKLOG,
  })

  const routesDeps = {
    pool,
    signIn,
    alerts,
    rejectedAlerts,
    evidence,
    watch,
    closing: closing.signal,
    webhookToken: config.SYNTRA_WEBHOOK_TOKEN,
    clusterLabels: config.SYNTRA_CLUSTER_LABEL === undefined ? CLUSTER_LABELS : [config.SYNTRA_CLUSTER_LABEL],
    bodyLimit: config.SYNTRA_WEBHOOK_BODY_LIMIT,
    backlogBytes: config.SYNTRA_ALERT_BACKLOG_BYTES,
    incidents: createIncidentsRepository(pool),
    service: createInvestigationsService({
      pool,
      investigations,
      evidence,
      engine: dependencies.engine,
      now,
    }),
    approvals: createApprovalsService({
      pool,
      ledger,
      policy,
      limits,
      approvalSeconds: config.SYNTRA_APPROVAL_SECONDS,
      now,
    }),
  }

  return buildService({
    name: 'syntra',
    config,
    log,
    metrics,
    acceptsBearer: true,
    readiness: [{ name: 'postgres', check: () => checkPostgres(pool, metrics) }],
    routes: app => {
      app.addHook('preClose', async () => closing.abort())
      registerRoutes(app, routesDeps)
    },
    onClose: async () => {
      clock.stop()
      await watch.stop()
      await alertsPool.end()
      await storage.close()
    },
  })
}

// The authority of an issuer's certificate can be set with NODE_EXTRA_CA_CERTS.
function createIssuerFetch(config: SyntraConfig): typeof fetch {
  const names = { ...settingNames('SYNTRA_JWKS'), credentials: undefined, ca: 'NODE_EXTRA_CA_CERTS' }
  return createOutboundFetch('The issuer of tokens', { proxies: proxiesOf(config) }, names)
}

function jwtOf(config: SyntraConfig) {
  const { SYNTRA_JWKS_URL: jwksUrl, SYNTRA_JWT_ISSUER: issuer, SYNTRA_JWT_AUDIENCE: audience } = config
  if (!jwksUrl || !issuer) return undefined
  // Without it every token of the issuer would count, whatever application it was issued for.
  if (!audience)
    throw new ExpectedError(
      'invalid',
      'BAD_CONFIGURATION',
      "SYNTRA_JWT_AUDIENCE is not set; expected the `aud` of operators' tokens. Unset SYNTRA_JWKS_URL to accept API keys only.",
    )
  return {
    jwksUrl,
    issuer,
    audience,
    roleClaim: config.SYNTRA_JWT_ROLE_CLAIM,
    operators: parseOperators(config.SYNTRA_OPERATORS),
  }
}
