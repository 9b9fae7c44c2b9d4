import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCrashScenario } from './testing/crash-scenario.ts'
import { QUESTIONS } from './testing/sample-engine.ts'
import { SAMPLE_STEPS, SAMPLE_UNDO } from './testing/sample-proposal.ts'
import type { Target } from './testing/start-target.ts'

let postgres: TestPostgres
let undisturbed: Omit<Awaited<ReturnType<typeof scenario>>, 'checks'>

beforeAll(async () => {
  postgres = await startPostgres()
  const { checks: _checks, ...result } = await scenario([])
  undisturbed = result
})
afterAll(() => postgres.stop())

const scenario = (points: string[], prepare?: (world: Target['world']) => void) =>
  runCrashScenario({ postgres, points, prepare })

test('killed before, inside and after every effect: each effect happens once', async () => {
  const points = SAMPLE_STEPS.flatMap(tool => [`find:${tool}`, `before:${tool}`, `after:${tool}`])
  const result = await scenario(points)
  expect(result).toMatchObject({ ...undisturbed, died: points })
  expect(result.effects).toEqual(SAMPLE_STEPS)
}, 600_000)

test('killed during an undo: the action is undone once', async () => {
  const points = [
    'enter:undo',
    ...SAMPLE_UNDO.flatMap(tool => [`before:${tool}:undo`, `after:${tool}:undo`]),
    'leave:undo',
  ]
  const result = await scenario(points, world => {
    world.isStubborn = true
  })
  expect(result.died).toEqual(points)
  expect(result.outcome).toBe('undone')
  expect(result.effects).toEqual([...SAMPLE_STEPS, ...SAMPLE_UNDO.map(tool => `${tool}:undo`)])
}, 600_000)

test('only the read that was in progress when the worker died is repeated', async () => {
  const result = await scenario(['read:events', 'read:history'])
  expect(result).toMatchObject({
    verdict: undisturbed.verdict,
    effects: undisturbed.effects,
    lines: undisturbed.lines,
  })
  expect(result.reads.toSorted()).toEqual([...QUESTIONS, 'events', 'history'].toSorted())
}, 600_000)

test('killed during verification: the window continues, it does not start again', async () => {
  const points = ['check:4', 'check:4']
  const result = await scenario(points, world => {
    world.isStubborn = true
  })
  expect(result.died).toEqual(points)
  expect(result.outcome).toBe('undone')
  // At most one check every 200 ms for four seconds: a window that started again would have eight checks more.
  expect(result.checks).toBeGreaterThan(2 * 4)
  expect(result.checks).toBeLessThanOrEqual(4 * 5 + 2 * 2 + 1)
}, 600_000)
