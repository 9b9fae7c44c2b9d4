import { createLog } from '@goalixa/chassis/log'
import { createMetrics } from '@goalixa/chassis/metrics'
import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createCompositionRoot } from '../composition/composition-root.ts'
import { openStorage, type Storage } from '../storage/open-storage.ts'
import { createSyntraMetrics } from '../telemetry/metrics.ts'
import { fakeDependencies } from '../testing/fake-dependencies.ts'
import { testConfig } from '../testing/test-config.ts'
import { createAdvanceInvestigation, threadLease } from './advance-investigation.job.ts'
import { createPrecedence } from './precedence.ts'

const log = createLog({ service: 'test', level: 'silent' })
const now = () => new Date()
let postgres: TestPostgres
let storage: Storage
let databaseUrl: string

beforeAll(async () => {
  postgres = await startPostgres()
  databaseUrl = await postgres.createDatabase()
  storage = await openStorage({ url: databaseUrl, name: 'test', leaseSeconds: 10 })
})
afterAll(async () => {
  await storage.close()
  await postgres.stop()
})

function createAdvance() {
  const metrics = createSyntraMetrics(createMetrics())
  const never = new AbortController().signal
  const dependencies = fakeDependencies('http://127.0.0.1:1')
  const wired = createCompositionRoot({
    config: testConfig(databaseUrl),
    storage,
    dependencies,
    metrics,
    log,
    now,
  })
  const { pool, leases } = storage
  return createAdvanceInvestigation({
    ...wired,
    pool,
    leases,
    precedence: createPrecedence(),
    approvalSeconds: 1_800,
    metrics,
    log,
    now,
    draining: never,
    closing: never,
  })
}

test('a job is put back while another worker has the thread, and dropped if the investigation has ended', async () => {
  const advance = createAdvance()
  const investigationId = uuid()
  const job = () => advance({ investigationId, why: 'approved', queuedAt: now().toISOString() }, 'actions', 1)
  await storage.leases.withLease(threadLease(investigationId), async () => {
    expect(await job()).toBe('later')
  })
  expect(await job()).toBe('done')
})
