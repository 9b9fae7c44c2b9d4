import { chooseRows } from '@goalixa/chassis/testing/choose-rows'
import { expect, test } from 'vitest'
import { QUESTIONS } from './testing/sample-engine.ts'
import { SAMPLE_STEPS, SAMPLE_UNDO } from './testing/sample-proposal.ts'
import type { Target } from './testing/start-target.ts'
import { useCrashScenario } from './testing/use-crash-scenario.ts'

const scenario = useCrashScenario()

test('killed before, inside or after an effect: each effect happens once', async () => {
  const table = SAMPLE_STEPS.flatMap(tool => [`find:${tool}`, `before:${tool}`, `after:${tool}`])
  // Each side of an effect once, at the first, a middle and the last step.
  const points = chooseRows(table, [
    'after:delivery_set_auto_sync',
    'before:delivery_rollback_app',
    'after:forge_open_revert',
  ])
  const result = await scenario.run({ points })
  expect(result).toMatchObject({ ...scenario.undisturbed, died: points })
  expect(result.effects).toEqual(SAMPLE_STEPS)
}, 600_000)

test('killed during an undo: the action is undone once', async () => {
  const table = [
    'enter:undo',
    ...SAMPLE_UNDO.flatMap(tool => [`before:${tool}:undo`, `after:${tool}:undo`]),
    'leave:undo',
  ]
  // Before its first effect, and after one of several.
  const points = chooseRows(table, ['before:forge_close_revert:undo', 'after:delivery_rollback_app:undo'])
  const result = await scenario.run({ points, prepare: makeStubborn })
  expect(result.died).toEqual(points)
  expect(result.outcome).toBe('undone')
  expect(result.effects).toEqual([...SAMPLE_STEPS, ...SAMPLE_UNDO.map(tool => `${tool}:undo`)])
}, 600_000)

test('only the read that was in progress when the worker died is repeated', async () => {
  const result = await scenario.run({ points: ['read:events', 'read:history'] })
  expect(result).toMatchObject({
    verdict: scenario.undisturbed.verdict,
    effects: scenario.undisturbed.effects,
    lines: scenario.undisturbed.lines,
  })
  expect(result.reads.toSorted()).toEqual([...QUESTIONS, 'events', 'history'].toSorted())
}, 600_000)

test('killed during verification: the window continues, it does not start again', async () => {
  const points = ['check:4', 'check:4']
  const result = await scenario.run({ points, prepare: makeStubborn })
  expect(result.died).toEqual(points)
  expect(result.outcome).toBe('undone')
  // At most one check every 200 ms for four seconds: a window that started again would have eight checks more.
  expect(result.checks).toBeGreaterThan(2 * 4)
  expect(result.checks).toBeLessThanOrEqual(4 * 5 + 2 * 2 + 1)
}, 600_000)

function makeStubborn(world: Target['world']): void {
  world.isStubborn = true
}
