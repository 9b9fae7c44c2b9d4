import { expect, test } from 'vitest'
import { createPrecedence } from './precedence.ts'

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
  const precedence = createPrecedence({ pauseMs: 60_000 })
  const ends = Promise.withResolvers<void>()
  await precedence.run('trivial', WARNING, async () => {
    const urgent = precedence.run('urgent', CRITICAL, () => ends.promise)
    const pause = precedence.yieldStep('trivial', 'collect')
    expect(await isPausing(pause)).toBe(true)
    expect(precedence.isFirst('trivial')).toBe(false)
    expect(await isPausing(precedence.yieldStep('urgent', 'collect'))).toBe(false)
    ends.resolve()
    await urgent
    await pause
    expect(precedence.isFirst('trivial')).toBe(true)
  })
})

test('an action pauses investigations while it is executed, and not while it is verified', async () => {
  const precedence = createPrecedence({ pauseMs: 60_000 })
  await precedence.run('critical', CRITICAL, () =>
    precedence.run('action', ACTION, async () => {
      await precedence.yieldStep('action', 'act')
      const pause = precedence.yieldStep('critical', 'plan')
      expect(await isPausing(pause)).toBe(true)
      await precedence.yieldStep('action', 'verify')
      await pause
      await precedence.yieldStep('action', 'undo')
      expect(precedence.isFirst('critical')).toBe(false)
    }),
  )
})

test('an action that is on its way through the queue pauses investigations at their next statement, until it has ended or went elsewhere', async () => {
  const precedence = createPrecedence({ statementPauseMs: 60_000, announcedMs: 60_000 })
  await precedence.run('critical', CRITICAL, async () => {
    precedence.announce('action', ACTION)
    const pause = precedence.yieldStatement()
    expect(await isPausing(pause)).toBe(true)
    await precedence.run('action', ACTION, async () => {
      expect(await isPausing(precedence.yieldStatement())).toBe(false)
      expect(await isPausing(pause)).toBe(true)
    })
    await pause
  })

  const elsewhere = createPrecedence({ statementPauseMs: 60_000, announcedMs: 10 })
  await elsewhere.run('critical', CRITICAL, async () => {
    elsewhere.announce('action', ACTION)
    expect(elsewhere.isFirst('critical')).toBe(false)
    await elsewhere.yieldStatement()
    expect(elsewhere.isFirst('critical')).toBe(true)
  })
})

test('what runs outside a thread never pauses', async () => {
  const precedence = createPrecedence({ statementPauseMs: 60_000 })
  precedence.announce('action', ACTION)
  expect(await isPausing(precedence.yieldStatement())).toBe(false)
})

test('equals do not wait for each other, and a pause ends although the urgent goes on: everything advances', async () => {
  const precedence = createPrecedence({ pauseMs: 1 })
  await precedence.run('first', CRITICAL, () =>
    precedence.run('second', CRITICAL, () =>
      precedence.run('trivial', WARNING, async () => {
        expect(precedence.isFirst('first') && precedence.isFirst('second')).toBe(true)
        await precedence.yieldStep('trivial', 'collect')
        expect(precedence.isFirst('trivial')).toBe(false)
      }),
    ),
  )
})

test('a step of an action that takes long, such as waiting for checks, pauses nobody after a while', async () => {
  const precedence = createPrecedence({ pauseMs: 60_000, busyMs: 50 })
  await precedence.run('critical', CRITICAL, () =>
    precedence.run('action', ACTION, async () => {
      await precedence.yieldStep('action', 'act')
      expect(precedence.isFirst('critical')).toBe(false)
      await new Promise(resolve => setTimeout(resolve, 60))
      await precedence.yieldStep('critical', 'plan')
      expect(precedence.isFirst('critical')).toBe(true)
    }),
  )
})
