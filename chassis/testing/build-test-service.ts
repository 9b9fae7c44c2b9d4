import { buildService, type ServiceApp } from '../build-service.ts'
import type { ReadinessCheck } from '../check-readiness.ts'
import { ServiceConfig } from '../config.ts'
import { createLog } from '../log.ts'
import { createMetrics } from '../metrics.ts'

type Options = {
  routes: (app: ServiceApp) => void
  readiness?: ReadinessCheck[]
  onClose?: () => Promise<void>
  drainSeconds?: number
  receiveTimeoutMs?: number
}

/** Builds a service on free ports and collects its log lines, for tests of the chassis. */
export async function buildTestService({
  routes,
  readiness,
  onClose,
  drainSeconds = 0,
  ...options
}: Options) {
  const lines: Record<string, unknown>[] = []
  const log = createLog({ service: 'test' }, { write: line => lines.push(JSON.parse(line)) })
  const config = ServiceConfig.parse({ PORT: 0, METRICS_PORT: 0, DRAIN_SECONDS: drainSeconds })
  const metrics = createMetrics()
  const service = await buildService({
    name: 'test',
    config,
    log,
    metrics,
    routes,
    receiveTimeoutMs: options.receiveTimeoutMs,
    ...(readiness ? { readiness } : {}),
    ...(onClose ? { onClose } : {}),
  })
  return { ...service, lines, metrics }
}
