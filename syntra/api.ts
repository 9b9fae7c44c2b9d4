import { readConfig } from '@goalixa/chassis/config'
import { createLog } from '@goalixa/chassis/log'
import { createMetrics } from '@goalixa/chassis/metrics'
import { runService } from '@goalixa/chassis/run-service'
import { buildApi } from './build-api.ts'
import { createDependencies } from './composition/create-dependencies.ts'
import { SyntraConfig } from './config.ts'

// `node api.ts`: Syntra's HTTP side.
await runService(async () => {
  const config = readConfig(SyntraConfig)
  const log = createLog({ service: 'syntra-api', version: config.SERVICE_VERSION, level: config.LOG_LEVEL })
  const metrics = createMetrics({ version: config.SERVICE_VERSION })
  return buildApi({ config, dependencies: await createDependencies(config), log, metrics })
})
