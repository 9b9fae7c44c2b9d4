import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { crashStory } from './testing/crash-scenario.ts'
import { QUESTIONS } from './testing/sample-engine.ts'
import { SAMPLE_STEPS, SAMPLE_UNDO } from './testing/sample-proposal.ts'
import type { Target } from './testing/start-target.ts'

let postgres: TestPostgres
let calm: Omit<Awaited<ReturnType<typeof story>>, 'looks'>

beforeAll(async () => {
  postgres = await startPostgres()
  const { looks: _looks, ...told } = await story([])
  calm = told
})
afterAll(() => postgres.stop())

const story = (points: string[], prepare?: (world: Target['world']) => void) =>
  crashStory({ postgres, points, prepare })

test('killed on both sides of every node: same verdict, no read repeated, each effect once', async () => {
  const nodes = [
    'intake',
    'plan',
    'collect',
    'diagnose',
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
  expect(told).toMatchObject({ ...calm, died: points })
  expect(calm.reads).toEqual(QUESTIONS)
}, 600_000)

test('killed before, inside and after every effect: each effect happens once', async () => {
  const points = SAMPLE_STEPS.flatMap(tool => [`find:${tool}`, `before:${tool}`, `after:${tool}`])
  const told = await story(points)
  expect(told).toMatchObject({ ...calm, died: points })
  expect(told.effects).toEqual(SAMPLE_STEPS)
}, 600_000)

test('killed during an undo: the action is undone once', async () => {
  const points = [
    'enter:undo',
    ...SAMPLE_UNDO.flatMap(tool => [`before:${tool}:undo`, `after:${tool}:undo`]),
    'leave:undo',
  ]
  const told = await story(points, world => {
    world.isStubborn = true
  })
  expect(told.died).toEqual(points)
  expect(told.outcome).toBe('undone')
  expect(told.effects).toEqual([...SAMPLE_STEPS, ...SAMPLE_UNDO.map(tool => `${tool}:undo`)])
}, 600_000)

test('only the read that was in progress when the worker died is repeated', async () => {
  const told = await story(['read:events', 'read:history'])
  expect(told).toMatchObject({ verdict: calm.verdict, effects: calm.effects, lines: calm.lines })
  expect(told.reads.toSorted()).toEqual([...QUESTIONS, 'events', 'history'].toSorted())
}, 600_000)

test('killed during verification: the window continues, it does not start again', async () => {
  const points = ['check:4', 'check:4']
  const told = await story(points, world => {
    world.isStubborn = true
  })
  expect(told.died).toEqual(points)
  expect(told.outcome).toBe('undone')
  // At most one check every 200 ms for four seconds: a window that started again would have eight checks more.
  expect(told.looks).toBeGreaterThan(2 * 4)
  expect(told.looks).toBeLessThanOrEqual(4 * 5 + 2 * 2 + 1)
}, 600_000)
