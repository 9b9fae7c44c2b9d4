import { createLog } from '@goalixa/chassis/log'
import { createMetrics } from '@goalixa/chassis/metrics'
import { createPool } from '@goalixa/chassis/postgres'
import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { buildWorker } from './build-worker.ts'
import { fakeDependencies } from './testing/fake-dependencies.ts'
import { SAMPLE_STEPS, sampleOutcome } from './testing/sample-proposal.ts'
import { startSyntra, type TestSyntra } from './testing/start-syntra.ts'
import { startTarget, type Target } from './testing/start-target.ts'
import { testConfig } from './testing/test-config.ts'
import { waitForProposal } from './testing/wait-for-proposal.ts'

let postgres: TestPostgres
let target: Target
let syntra: TestSyntra
let databaseUrl: string

beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.stop())
beforeEach(async () => {
  target = await startTarget()
  databaseUrl = await postgres.createDatabase()
  syntra = await startSyntra({ databaseUrl, dependencies: fakeDependencies(target.url) })
})
afterEach(async () => {
  await syntra.stop()
  await target.stop()
})

test('an alert is diagnosed, its action is approved, executed and verified, and the timeline has every entry', async () => {
  const { incident, action } = await waitForProposal(syntra)
  expect(incident).toMatchObject({ title: 'HighErrorRate on shop/core', alerts: { firing: 1 } })
  expect(target.world.effects).toEqual([])

  const decision = { decision: 'approve', stateDigest: action.stateDigest, reason: 'go' }
  expect((await syntra.post(`/v1/actions/${action.id}/decision`, decision)).status).toBe(200)
  const done = await syntra.until(`/v1/actions/${action.id}`, body => body.state === 'succeeded')
  expect(done.transitions.map((move: { to: string }) => move.to)).toEqual([
    'awaiting-approval',
    'approved',
    'executing',
    'verifying',
    'succeeded',
  ])
  expect(target.world.effects.map(effect => effect.tool)).toEqual(SAMPLE_STEPS)

  await syntra.until(`/v1/investigations/${action.investigationId}`, body => body.state === 'done')
  const report = await syntra.get(`/v1/incidents/${incident.id}/report?format=markdown`)
  expect(report.body.text).toContain(sampleOutcome().verdict.message)
  const timeline = await syntra.get(`/v1/incidents/${incident.id}/timeline`)
  expect(timeline.body.tamperedAt).toBeNull()
  expect(timeline.body.lines.map((line: { kind: string }) => line.kind)).toEqual([
    'incident-opened',
    'alert-joined',
    'investigation-queued',
    'investigation-started',
    'questions-planned',
    ...Array(4).fill('evidence-read'),
    'verdict',
    'questions-planned',
    ...Array(2).fill('evidence-read'),
    'verdict',
    'evidence-read',
    'proposal',
    'action-awaiting-approval',
    'action-approved',
    'action-executing',
    'action-verifying',
    'action-succeeded',
    'report',
    'investigation-finished',
  ])
  const replay = await syntra.post(`/v1/investigations/${action.investigationId}/replay`, undefined)
  expect(replay.body.same).toBe(true)
})

test('two workers with ten jobs for one investigation execute the action once', async () => {
  const other = await buildWorker({
    config: testConfig(databaseUrl),
    dependencies: fakeDependencies(target.url),
    log: createLog({ service: 'other', level: 'silent' }),
    metrics: createMetrics(),
  })
  const pool = createPool({ url: databaseUrl, name: 'test' })
  try {
    await other.start()
    const { action } = await waitForProposal(syntra)
    const { id, investigationId, stateDigest } = action
    await syntra.post(`/v1/actions/${id}/decision`, { decision: 'approve', stateDigest })
    await pool.query(
      `INSERT INTO outbox (investigation_id, why) SELECT $1, 'again' FROM generate_series(1, 10)`,
      [investigationId],
    )
    await syntra.until(`/v1/investigations/${investigationId}`, body => body.state === 'done')
    await syntra.until('/v1/incidents', () => true)
    expect(target.world.effects.map(effect => effect.tool)).toEqual(SAMPLE_STEPS)
  } finally {
    await other.stop()
    await pool.end()
  }
})

test('a worker that is stopped during verification ends soon, and the next one completes it', async () => {
  target.world.isStubborn = true
  const { action } = await waitForProposal(syntra)
  const { id, stateDigest } = action
  await syntra.post(`/v1/actions/${id}/decision`, { decision: 'approve', stateDigest })
  await syntra.until(`/v1/actions/${id}`, body => body.state === 'verifying')
  const before = Date.now()
  await syntra.stop()
  expect(Date.now() - before).toBeLessThan(9_000)
  target.world.errors = 0
  syntra = await startSyntra({ databaseUrl, dependencies: fakeDependencies(target.url) })
  const ended = await syntra.until(`/v1/actions/${id}`, body => body.finishedAt !== null)
  expect(['succeeded', 'undone']).toContain(ended.state)
  expect(target.world.effects.filter(effect => effect.actionId === id)).toHaveLength(SAMPLE_STEPS.length)
})
