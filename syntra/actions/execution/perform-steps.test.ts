import { ExpectedError } from '@goalixa/chassis/errors'
import { expect, test, vi } from 'vitest'
import { approveProposal } from '../../testing/approve-proposal.ts'
import { fakeDependencies } from '../../testing/fake-dependencies.ts'
import { SAMPLE_STEPS } from '../../testing/sample-proposal.ts'
import { useSyntra } from '../../testing/use-syntra.ts'
import type { ToolExecutor } from './tool-executor.ts'

const away = new ExpectedError('unavailable', 'UPSTREAM_UNREACHABLE', 'away')
const forbidden = new ExpectedError('forbidden', 'UPSTREAM_FORBIDDEN', 'no right')
vi.setConfig({ testTimeout: 120_000 })

const system = useSyntra()

/** An approved action of two steps to its end, with tools that misbehave. */
async function outcome(
  state: string,
  misbehave: (good: ToolExecutor) => Partial<ToolExecutor>,
  patience = '1',
) {
  const dependencies = fakeDependencies(system.target.url)
  const syntra = await system.start({
    dependencies: {
      ...dependencies,
      toolExecutor: { ...dependencies.toolExecutor, ...misbehave(dependencies.toolExecutor) },
    },
    settings: { SYNTRA_STEP_PATIENCE_SECONDS: patience },
  })
  const { action } = await approveProposal(syntra)
  return syntra.until(`/v1/actions/${action.id}`, body => body.state === state, 110_000)
}
const effects = () => system.target.world.effects.map(({ tool, actionId }) => tool + actionId.slice(36))
const stepsOf = (action: { steps: { state: string }[] }) => action.steps.map(({ state }) => state)

test('a step whose system is unreachable is retried until the retry time is over', async () => {
  let failures = 8
  const done = await outcome(
    'succeeded',
    good => ({
      write: (tool, args, call) => (failures-- > 0 ? Promise.reject(away) : good.write(tool, args, call)),
    }),
    '300',
  )
  expect(done.steps[0]).toMatchObject({ state: 'done', attempts: 9 })
  expect(effects()).toEqual(SAMPLE_STEPS)
})

test('every attempt of a step gets the time at which the step first began', async () => {
  const begun: number[] = []
  await outcome(
    'succeeded',
    good => ({
      async write(tool, args, call) {
        if (tool === 'delivery_set_auto_sync') begun.push(call.startedAt.getTime())
        if (begun.length < 3) throw away
        return good.write(tool, args, call)
      },
    }),
    '300',
  )
  expect(begun).toHaveLength(3)
  expect(new Set(begun).size).toBe(1)
})

test('a step fails if its system stays unreachable and its effect is absent', async () => {
  const failed = await outcome('failed', () => ({ write: () => Promise.reject(away) }))
  expect(stepsOf(failed)).toEqual(['failed'])
  expect(failed.outcome.message).toContain(
    'The action could not be executed: Turn off auto-sync of core. UPSTREAM_UNREACHABLE: away',
  )
  expect(effects()).toEqual([])
})

test('a last search finds the effect of a call that was never answered', async () => {
  let searches = 0
  const done = await outcome('succeeded', good => ({
    findEffect: async (tool, args, call) => {
      // The effect is slow: every search before the last call finds nothing.
      searches += 1
      const seen = await good.findEffect(tool, args, call)
      return tool === 'delivery_set_auto_sync' && searches < 4 ? undefined : seen
    },
    async write(tool, args, call) {
      if (tool !== 'delivery_set_auto_sync') return good.write(tool, args, call)
      if (searches === 3) await good.write(tool, args, call)
      throw away
    },
  }))
  expect(stepsOf(done)).toEqual(['done', 'done', 'done'])
  expect(effects()).toEqual(SAMPLE_STEPS)
})

test('a step is done if its effect is found, even after an error', async () => {
  const done = await outcome('succeeded', good => ({
    async write(tool, args, call) {
      await good.write(tool, args, call)
      throw forbidden
    },
  }))
  expect(stepsOf(done)).toEqual(['done', 'done', 'done'])
  expect(effects()).toEqual(SAMPLE_STEPS)
})

test('a step whose effect cannot be checked is unknown, not failed; nothing is undone, and the action needs human attention', async () => {
  let isCalled = false
  const failed = await outcome('failed', good => ({
    findEffect: (tool, args, call) => (isCalled ? Promise.reject(away) : good.findEffect(tool, args, call)),
    async write(tool, args, call) {
      isCalled = tool === 'delivery_rollback_app'
      const answer = await good.write(tool, args, call)
      if (isCalled) throw away
      return answer
    },
  }))
  expect(stepsOf(failed)).toEqual(['done', 'unknown'])
  expect(failed.outcome.message).toContain('It is unknown whether the action took effect')
  expect(failed.outcome.message).toContain('Needs human attention.')
  expect(effects()).toEqual(SAMPLE_STEPS.slice(0, 2))
})

test('a first step whose effect cannot be checked is unknown, too', async () => {
  let isCalled = false
  const failed = await outcome('failed', good => ({
    findEffect: (tool, args, call) => (isCalled ? Promise.reject(away) : good.findEffect(tool, args, call)),
    async write() {
      isCalled = true
      throw away
    },
  }))
  expect(stepsOf(failed)).toEqual(['unknown'])
  expect(failed.outcome.message).toContain('It is unknown whether the action took effect')
})

test('a step that was rejected before its call has failed', async () => {
  const failed = await outcome('failed', () => ({ findEffect: () => Promise.reject(forbidden) }))
  expect(stepsOf(failed)).toEqual(['failed'])
  expect(effects()).toEqual([])
})
