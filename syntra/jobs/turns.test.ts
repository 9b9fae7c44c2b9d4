import { expect, test } from 'vitest'
import { createTurns } from './turns.ts'

const ACTION = 0
const CRITICAL = 1
const WARNING = 3

/** Resolves with whether the thread still pauses after everything that is due has run. */
async function isPausing(taking: Promise<void>): Promise<boolean> {
  let hasTurn = false
  void taking.then(() => {
    hasTurn = true
  })
  await new Promise(resolve => setImmediate(resolve))
  return !hasTurn
}

test('while a more urgent thread runs, others pause before their next step, and go on when it has ended', async () => {
  const turns = createTurns({ pauseMs: 60_000 })
  const ends = Promise.withResolvers<void>()
  await turns.run('trivial', WARNING, async () => {
    const urgent = turns.run('urgent', CRITICAL, () => ends.promise)
    const pause = turns.take('trivial', 'collect')
    expect(await isPausing(pause)).toBe(true)
    expect(turns.isTurn('trivial')).toBe(false)
    expect(await isPausing(turns.take('urgent', 'collect'))).toBe(false)
    ends.resolve()
    await urgent
    await pause
    expect(turns.isTurn('trivial')).toBe(true)
  })
})

test('an action pauses investigations while it is executed, and not while it is verified', async () => {
  const turns = createTurns({ pauseMs: 60_000 })
  await turns.run('critical', CRITICAL, () =>
    turns.run('action', ACTION, async () => {
      await turns.take('action', 'act')
      const pause = turns.take('critical', 'plan')
      expect(await isPausing(pause)).toBe(true)
      await turns.take('action', 'verify')
      await pause
      await turns.take('action', 'undo')
      expect(turns.isTurn('critical')).toBe(false)
    }),
  )
})

test('equals do not wait for each other, and a pause ends although the urgent goes on: everything advances', async () => {
  const turns = createTurns({ pauseMs: 1 })
  await turns.run('first', CRITICAL, () =>
    turns.run('second', CRITICAL, () =>
      turns.run('trivial', WARNING, async () => {
        expect(turns.isTurn('first') && turns.isTurn('second')).toBe(true)
        await turns.take('trivial', 'collect')
        expect(turns.isTurn('trivial')).toBe(false)
      }),
    ),
  )
})

test('a step of an action that takes long, such as waiting for checks, pauses nobody after a while', async () => {
  const turns = createTurns({ pauseMs: 60_000, busyMs: 50 })
  await turns.run('critical', CRITICAL, () =>
    turns.run('action', ACTION, async () => {
      await turns.take('action', 'act')
      expect(turns.isTurn('critical')).toBe(false)
      await new Promise(resolve => setTimeout(resolve, 60))
      await turns.take('critical', 'plan')
      expect(turns.isTurn('critical')).toBe(true)
    }),
  )
})
