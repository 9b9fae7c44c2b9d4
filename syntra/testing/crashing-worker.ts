import { flushCompileCache } from 'node:module'
import { createLog } from '@goalixa/chassis/log'
import { createMetrics } from '@goalixa/chassis/metrics'
import { buildWorker } from '../build-worker.ts'
import { handleUnhandledRejections } from '../storage/handle-unhandled-rejections.ts'
import { fakeDependencies } from './fake-dependencies.ts'
import type { RealWrites } from './real-writes-dependencies.ts'
import { realWritesDependencies } from './real-writes-dependencies.ts'
import { testConfig } from './test-config.ts'

// A worker that kills or stops itself at a named point. It loads its modules first and begins when its parent sends orders.
type Orders = {
  databaseUrl: string
  targetUrl: string
  settings: Record<string, string>
  writes?: RealWrites
  crashAt: string | null
  signal: 'SIGKILL' | 'SIGSTOP'
}

process.on('message', (orders: Orders) => void begin(orders))
process.on('disconnect', () => process.exit(0))
process.on('error', () => process.exit(0))
// Whoever is killed cannot store what it has compiled.
flushCompileCache()
process.send?.('warm')

async function begin({ databaseUrl, targetUrl, settings, writes, crashAt, signal }: Orders) {
  const pass = (point: string) => {
    if (point === crashAt) process.kill(process.pid, signal)
  }
  const log = createLog({ service: 'crashing-worker', level: settings.LOG_LEVEL ?? 'silent' })
  handleUnhandledRejections(log)
  const worker = await buildWorker({
    config: testConfig(databaseUrl, settings),
    dependencies: writes
      ? realWritesDependencies(targetUrl, writes, pass)
      : fakeDependencies(targetUrl, undefined, pass),
    log,
    metrics: createMetrics(),
    aroundNode: async (node, _investigationId, work) => {
      pass(`enter:${node}`)
      const result = await work()
      pass(`leave:${node}`)
      return result
    },
  })
  await worker.start()
}
