import { readConfig } from '@goalixa/chassis/config'
import { createLog } from '@goalixa/chassis/log'
import { createMetrics } from '@goalixa/chassis/metrics'
import { runService } from '@goalixa/chassis/run-service'
import { buildWorker } from '@goalixa/syntra/build-worker'
import { SyntraConfig } from '@goalixa/syntra/config'
import { fakeDependencies } from '@goalixa/syntra/testing/fake-dependencies'
import { z } from 'zod'

// `node storm-worker.ts`: Syntra's worker, whose reads and writes go to one small server. Each read is as large as a list of pods.
const PODS = 100

await runService(async () => {
  const config = readConfig(SyntraConfig.extend({ TARGET_URL: z.url() }))
  const log = createLog({ service: 'syntra-worker', level: config.LOG_LEVEL })
  const dependencies = fakeDependencies(config.TARGET_URL)
  return buildWorker({
    config,
    dependencies: {
      ...dependencies,
      createRecorder: store =>
        dependencies.createRecorder({
          ...store,
          save: (id, evidence) =>
            store.save(id, { ...evidence, result: { ...Object(evidence.result), items: listPods() } }),
        }),
    },
    log,
    metrics: createMetrics(),
  })
})

function listPods() {
  return Array.from({ length: PODS }, (_, index) => ({
    metadata: { name: `pod-${index}`, namespace: 'benchmark', labels: { app: 'benchmark' }, uid: `${index}` },
    spec: { containers: [{ name: 'main', image: 'registry.example/benchmark:1', env: 'x'.repeat(1_000) }] },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }], restartCount: index },
  }))
}
