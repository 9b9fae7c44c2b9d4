import { readConfig } from '@goalixa/chassis/config'
import { createLog } from '@goalixa/chassis/log'
import { createMetrics } from '@goalixa/chassis/metrics'
import { runService } from '@goalixa/chassis/run-service'
import { buildWorker } from '@goalixa/syntra/build-worker'
import { createDependencies } from '@goalixa/syntra/composition/create-dependencies'
import { SyntraConfig } from '@goalixa/syntra/config'
import { handleUnhandledRejections } from '@goalixa/syntra/storage/handle-unhandled-rejections'
import { createChaosEngine } from '../remedies/create-chaos-engine.ts'

// Syntra's worker with the real tools, recorder, ledger and queue. Only the engine differs: it diagnoses the services of the run.
await runService(async () => {
  const config = readConfig(SyntraConfig)
  const log = createLog({ service: 'syntra-worker', level: config.LOG_LEVEL })
  handleUnhandledRejections(log)
  const dependencies = await createDependencies(config)
  return buildWorker({
    config,
    dependencies: { ...dependencies, engine: createChaosEngine() },
    log,
    metrics: createMetrics(),
  })
})
