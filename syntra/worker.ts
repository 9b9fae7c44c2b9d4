import { readConfig } from '@goalixa/chassis/config'
import { createLog } from '@goalixa/chassis/log'
import { createMetrics } from '@goalixa/chassis/metrics'
import { runService } from '@goalixa/chassis/run-service'
import { buildWorker } from './build-worker.ts'
import { createDependencies } from './composition/create-dependencies.ts'
import { SyntraConfig } from './config.ts'
import { handleUnhandledRejections } from './storage/handle-unhandled-rejections.ts'

// `node worker.ts`: Syntra's worker. Its own port serves probes only.
await runService(async () => {
  const config = readConfig(SyntraConfig)
  const log = createLog({
    service: 'syntra-worker',
    version: config.SERVICE_VERSION,
    level: config.LOG_LEVEL,
  })
  handleUnhandledRejections(log)
  const metrics = createMetrics({ version: config.SERVICE_VERSION })
  return buildWorker({ config, dependencies: await createDependencies(config), log, metrics })
})
