import { createLog } from '@goalixa/chassis/log'
import { createMetrics } from '@goalixa/chassis/metrics'
import { buildApi } from '../build-api.ts'
import { buildWorker } from '../build-worker.ts'
import type { Dependencies } from '../composition/dependencies.ts'
import { createSyntraClient } from './syntra-client.ts'
import { testConfig } from './test-config.ts'

type Options = {
  databaseUrl: string
  dependencies: Dependencies
  settings?: Record<string, string>
  worker?: boolean
}

/** API and worker in this process, on free ports, with a client. */
export async function startSyntra({
  databaseUrl,
  dependencies,
  settings,
  worker: withWorker = true,
}: Options) {
  const config = testConfig(databaseUrl, settings)
  const log = createLog({ service: 'syntra', level: settings?.LOG_LEVEL ?? 'silent' })
  const api = await buildApi({ config, dependencies, log, metrics: createMetrics() })
  const { address, metricsAddress } = await api.start()
  const worker = withWorker
    ? await buildWorker({ config, dependencies, log, metrics: createMetrics() })
    : undefined
  const workerAt = await worker?.start()
  return {
    ...createSyntraClient(address),
    url: address,
    metricsUrl: metricsAddress,
    workerMetricsUrl: workerAt?.metricsAddress,
    async stop() {
      await Promise.all([worker?.stop(), api.stop()])
    },
  }
}
export type TestSyntra = Awaited<ReturnType<typeof startSyntra>>
