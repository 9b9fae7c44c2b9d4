import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fakeWorld } from './testing/fake-world.ts'
import { startCrashingWorkers } from './testing/start-crashing-workers.ts'
import { startSyntra } from './testing/start-syntra.ts'
import { startTarget, type Target } from './testing/start-target.ts'

const QUICK = { SYNTRA_JOB_LOCK_SECONDS: '1', SYNTRA_STUCK_SECONDS: '1', SYNTRA_PARALLEL_READS: '1' }
const QUESTIONS = ['pods', 'events', 'errors', 'latency', 'logs', 'history', 'preflight']

let postgres: TestPostgres
let calm: Awaited<ReturnType<typeof story>>

beforeAll(async () => {
  postgres = await startPostgres()
  calm = await story([])
})
afterAll(() => postgres.stop())

/** One alert to its end, with workers that die at these points in this order, and an operator who approves. */
async function story(points: string[], prepare: (world: Target['world']) => void = () => {}) {
  const target = await startTarget()
  prepare(target.world)
  const databaseUrl = await postgres.createDatabase()
  const world = fakeWorld(target.url)
  const api = await startSyntra({ databaseUrl, world, settings: QUICK, worker: false })
  const workers = startCrashingWorkers({ databaseUrl, targetUrl: target.url, settings: QUICK })
  try {
    await api.deliver([{}])
    const crashes = workers.crashAt(points)
    const page = await api.until(
      '/v1/incidents',
      body => body.incidents?.[0]?.action?.state === 'awaiting-approval',
      300_000,
    )
    const { id: incidentId, action } = page.incidents[0]
    const { stateDigest, investigationId } = (await api.get(`/v1/actions/${action.id}`)).body
    await api.post(`/v1/actions/${action.id}/decision`, { decision: 'approve', stateDigest })
    const ended = await api.until(
      `/v1/investigations/${investigationId}`,
      body => body.state === 'done',
      300_000,
    )
    await crashes
    const timeline = await api.get(`/v1/incidents/${incidentId}/timeline`)
    return {
      died: workers.died,
      verdict: ended.verdictDigest,
      outcome: ended.outcome,
      effects: target.world.effects.map(
        ({ tool, actionId }) => tool + (actionId.endsWith('-undo') ? ':undo' : ''),
      ),
      reads: target.world.reads.filter(name => QUESTIONS.includes(name)),
      lines: timeline.body.lines.map((line: { kind: string; says: string }) => `${line.kind}: ${line.says}`),
    }
  } finally {
    workers.stop()
    await api.stop()
    await target.stop()
  }
}

test('killed on both sides of every node: same verdict, no read repeated, each effect once', async () => {
  const nodes = [
    'intake',
    'plan',
    'collect',
    'analyse',
    'propose',
    'preflight',
    'review',
    'act',
    'verify',
    'report',
    'remember',
  ]
  const points = nodes.flatMap(node => [`enter:${node}`, `leave:${node}`])
  const told = await story(points)
  expect(told.died).toEqual(points)
  expect(told).toEqual({ ...calm, died: points })
  expect(calm.reads).toEqual(QUESTIONS)
}, 600_000)

test('killed before, inside and after every effect: each effect happens once', async () => {
  const points = ['target_change_1', 'target_change_2'].flatMap(tool => [
    `look:${tool}`,
    `before:${tool}`,
    `after:${tool}`,
  ])
  const told = await story(points)
  expect(told).toEqual({ ...calm, died: points })
  expect(told.effects).toEqual(['target_change_1', 'target_change_2'])
}, 600_000)

test('killed while it takes an action back: it is taken back once', async () => {
  const points = ['enter:undo', 'before:target_change_1:undo', 'after:target_change_1:undo', 'leave:undo']
  const told = await story(points, world => {
    world.isStubborn = true
  })
  expect(told.died).toEqual(points)
  expect(told.outcome).toBe('undone')
  expect(told.effects).toEqual(['target_change_1', 'target_change_2', 'target_change_1:undo'])
}, 600_000)

test('only the read that was under way when the worker died is asked again', async () => {
  const told = await story(['read:events', 'read:history'])
  expect(told).toMatchObject({ verdict: calm.verdict, effects: calm.effects, lines: calm.lines })
  expect(told.reads.toSorted()).toEqual([...QUESTIONS, 'events', 'history'].toSorted())
}, 600_000)
