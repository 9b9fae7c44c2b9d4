import { createLog } from '@goalixa/chassis/log'
import { createMetrics } from '@goalixa/chassis/metrics'
import { runService } from '@goalixa/chassis/run-service'
import { buildApp } from './build-app.ts'
import { buildPwa } from './build-pwa.ts'
import { readPwaConfig } from './config.ts'

await runService(async () => {
  const config = readPwaConfig()
  const log = createLog({ service: 'pwa', version: config.SERVICE_VERSION, level: config.LOG_LEVEL })
  const { folder } = await buildApp()
  return buildPwa({ config, log, metrics: createMetrics({ version: config.SERVICE_VERSION }), folder })
})
