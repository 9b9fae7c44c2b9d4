import { createLog } from '@goalixa/chassis/log'
import { runProcess } from '@goalixa/emulators-shared/process/run-process'
import { readStateMetricsConfig } from './config.ts'
import { createStateMetrics } from './create-state-metrics.ts'

await runProcess(() => {
  const config = readStateMetricsConfig()
  return createStateMetrics({ config, log: createLog({ service: 'state-metrics', level: config.LOG_LEVEL }) })
})
