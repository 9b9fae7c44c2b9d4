import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createModel } from '@goalixa/agents/model/create-model'
import { startOpenAi } from '@goalixa/agents/model/testing/start-openai'
import { createLog } from '@goalixa/chassis/log'
import { createMetrics } from '@goalixa/chassis/metrics'
import { migrate } from '@goalixa/chassis/migrate'
import { createPool } from '@goalixa/chassis/postgres'
import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { alertOf } from '../alerts/alert.ts'
import { createAlertsService } from '../alerts/alerts.service.ts'
import type { Dependencies } from '../composition/dependencies.ts'
import { measure } from '../jobs/measure.job.ts'
import { enterAction } from '../testing/enter-action.ts'
import { fakeDependencies } from '../testing/fake-dependencies.ts'
import { sampleProposal } from '../testing/sample-proposal.ts'
import { startSyntra } from '../testing/start-syntra.ts'
import { startTarget } from '../testing/start-target.ts'
import { waitForProposal } from '../testing/wait-for-proposal.ts'
import { createSyntraMetrics } from './metrics.ts'

let postgres: TestPostgres

beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.stop())

const watched = readFileSync(join(import.meta.dirname, '../../k8s/monitoring/rules/syntra.yaml'), 'utf8')
const moved = (text: string) => {
  const lines = text.split('\n').filter(line => line.startsWith('syntra_') && !line.endsWith(' 0'))
  return new Set(lines.map(line => line.replace(/[{ ].*/, '')))
}

/** One of the reads fails. */
function withUnread(dependencies: Dependencies): Dependencies {
  return {
    ...dependencies,
    createRecorder: store => {
      const recorder = dependencies.createRecorder(store)
      return {
        read: (question, context) =>
          question.id === 'latency'
            ? store.save(context.investigationId, {
                question,
                at: new Date().toISOString(),
                tookMs: 1,
                outcome: 'unread',
                result: null,
                digest: '',
                cut: [],
                reason: { code: 'UPSTREAM_TIMEOUT', message: 'It did not answer.' },
              })
            : recorder.read(question, context),
      }
    },
  }
}

test('every metric that alerts on Syntra read moves when its subject does', async () => {
  const target = await startTarget()
  const server = await startOpenAi([{ text: '{"claims": []}' }])
  const chat = await createModel({ name: 'openai:test', baseUrl: server.url, timeoutMs: 2_000 })
  const databaseUrl = await postgres.createDatabase()
  const syntra = await startSyntra({
    databaseUrl,
    dependencies: { ...withUnread(fakeDependencies(target.url)), model: { chat, tools: [] } },
  })
  const pool = createPool({ url: databaseUrl, name: 'test' })
  const scrape = async () => {
    const answers = [syntra.metricsUrl, syntra.workerMetricsUrl].map(async url =>
      (await fetch(`${url}/metrics`)).text(),
    )
    return (await Promise.all(answers)).join('\n')
  }
  const until = (line: RegExp) => expect.poll(scrape, { timeout: 20_000 }).toMatch(line)
  try {
    await syntra.deliver([{ startsAt: 'yesterday' }])
    const { action } = await waitForProposal(syntra)
    await until(/^syntra_approvals_waiting 1$/m)
    await until(/^syntra_approvals_oldest_seconds [0-9.]*[1-9]/m)
    const decision = { decision: 'approve', stateDigest: action.stateDigest }
    expect((await syntra.post(`/v1/actions/${action.id}/decision`, decision)).status).toBe(200)
    await until(/^syntra_time_to_verdict_seconds_count\{outcome="cause"\} 1$/m)
    await until(/^syntra_tool_calls_total\{tool="target_read",outcome="unread"\} 1$/m)
    await until(/^syntra_model_spend_dollars_total 0\.0\d*[1-9]/m)
    await until(/^syntra_approvals_waiting 0$/m)
    await until(/^syntra_action_start_delay_seconds_count 1$/m)

    await pool.query(`UPDATE investigations SET state = 'failed', finished_at = now()`)
    await until(/^syntra_investigations\{state="failed"\} 1$/m)
    const names = moved(await scrape())
    const read = [...new Set(watched.match(/\bsyntra_\w+/g))]
    expect(read.length).toBeGreaterThan(6)
    // These are non-zero for a moment only: asserted above and below.
    const fleeting = [
      'syntra_outbox_lag_seconds',
      'syntra_alerts_waiting',
      'syntra_approvals_oldest_seconds',
      'syntra_action_start_longest_wait_seconds',
    ]
    expect(read.filter(name => !names.has(name) && !fleeting.includes(name))).toEqual([])
  } finally {
    await pool.end()
    await syntra.stop()
    await server.stop()
    await target.stop()
  }
})

test('alerts that wait for the database, jobs that wait for the queue and approvals that wait for a worker are measured', async () => {
  const registry = createMetrics()
  const metrics = createSyntraMetrics(registry)
  const { promise, resolve } = Promise.withResolvers<void>()
  const alerts = createAlertsService({
    rejectedAlerts: { keep: async () => {} },
    repository: { assertUsable: () => {}, ingest: () => promise },
    metrics,
    log: createLog({ service: 'test', level: 'silent' }),
    now: () => new Date(),
    backlog: 10,
  })
  const alert = alertOf({ status: 'firing', labels: { alertname: 'A' }, startsAt: '2026-11-21T10:00:00Z' })
  const accepted = alerts.accept([alert, alert])
  expect(await registry.registry.metrics()).toMatch(/^syntra_alerts_waiting 2$/m)
  resolve()
  await accepted
  expect(await registry.registry.metrics()).toMatch(/^syntra_alerts_waiting 0$/m)

  const pool = createPool({ url: await postgres.createDatabase(), name: 'test' })
  try {
    await migrate(pool, join(import.meta.dirname, '../migrations'))
    await pool.query(
      `INSERT INTO outbox (investigation_id, why, created_at) VALUES (gen_random_uuid(), 'test', now() - interval '90 s')`,
    )
    const proposal = sampleProposal()
    await enterAction(pool, { state: 'approved', proposal, target: 'Application/core', at: new Date() })
    await pool.query(`UPDATE actions SET decided_at = now() - interval '90 s'`)
    await measure(pool, metrics)
    expect(await registry.registry.metrics()).toMatch(
      /^syntra_action_start_longest_wait_seconds (9\d|1\d\d)/m,
    )
    expect(await registry.registry.metrics()).toMatch(/^syntra_outbox_rows 1$/m)
    expect(await registry.registry.metrics()).toMatch(/^syntra_outbox_lag_seconds (9\d|1\d\d)/m)
  } finally {
    await pool.end()
  }
})
