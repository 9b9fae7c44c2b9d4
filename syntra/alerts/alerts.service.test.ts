import { ExpectedError } from '@goalixa/chassis/errors'
import { createLog } from '@goalixa/chassis/log'
import { createMetrics } from '@goalixa/chassis/metrics'
import { expect, test } from 'vitest'
import { createSyntraMetrics } from '../telemetry/metrics.ts'
import { alertOf } from './alert.ts'
import { createAlertsService } from './alerts.service.ts'

const alert = (name: string) =>
  alertOf({
    status: 'firing',
    labels: { alertname: name },
    annotations: {},
    startsAt: '2026-11-21T10:00:00Z',
  })

function service(ingest: (names: string[]) => Promise<void>, backlog = 10) {
  return createAlertsService({
    repository: { assertUsable: () => {}, ingest: batch => ingest(batch.map(({ name }) => name)) },
    rejectedAlerts: { keep: async () => {} },
    metrics: createSyntraMetrics(createMetrics()),
    log: createLog({ service: 'test', level: 'silent' }),
    now: () => new Date(),
    backlog,
    batchSize: 4,
  })
}

test('concurrent requests are written together, in batches', async () => {
  const batches: string[][] = []
  const alerts = service(async names => {
    batches.push(names)
  })
  await Promise.all(['a', 'b', 'c', 'd', 'e'].map(name => alerts.accept([alert(name)])))
  expect(batches).toEqual([['a', 'b', 'c', 'd'], ['e']])
})

test('a request beyond the backlog is answered unavailable, so that Alertmanager retries and memory stays bounded', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const alerts = service(() => promise, 3)
  const first = alerts.accept([alert('a'), alert('b')])
  expect(() => alerts.accept([alert('c'), alert('d')])).toThrow(
    expect.objectContaining({ kind: 'unavailable', code: 'ALERT_BACKLOG_FULL' }),
  )
  resolve()
  await first
  await alerts.accept([alert('c'), alert('d')])
})

test('a request that cannot be stored does not affect the others', async () => {
  const alerts = service(async names => {
    if (names.includes('poison')) throw new Error('bad row')
  })
  const results = await Promise.allSettled(['a', 'poison', 'b'].map(name => alerts.accept([alert(name)])))
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
})

test('without the database, every request of the batch fails once', async () => {
  let calls = 0
  const alerts = service(async () => {
    calls += 1
    throw new ExpectedError('unavailable', 'DATABASE_UNAVAILABLE', 'away')
  })
  const results = await Promise.allSettled(['a', 'b'].map(name => alerts.accept([alert(name)])))
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(calls).toBe(1)
})
