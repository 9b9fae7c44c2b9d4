import { afterEach, expect, test, vi } from 'vitest'
import { createTurns } from './create-turns.ts'

afterEach(() => {
  vi.useRealTimers()
})

test('the work of one key runs in the order of the calls, also after a failure; other keys do not wait', async () => {
  const inTurn = createTurns()
  const log: string[] = []
  const work =
    (name: string, fails = false) =>
    async () => {
      log.push(`${name} begins`)
      await new Promise(resolve => setImmediate(resolve))
      log.push(`${name} ends`)
      if (fails) throw new Error(name)
    }
  const first = inTurn('anna', work('first', true))
  const others = [inTurn('anna', work('second')), inTurn('anna', work('third')), inTurn('ben', work('ben’s'))]
  await expect(first).rejects.toThrow('first')
  await Promise.all(others)
  const ofAnna = log.filter(entry => !entry.startsWith('ben’s'))
  expect(ofAnna).toEqual(['first', 'second', 'third'].flatMap(name => [`${name} begins`, `${name} ends`]))
  expect(log.indexOf('ben’s begins')).toBeLessThan(log.indexOf('second begins'))
})

test('work that hangs does not hold up the next for ever', async () => {
  vi.useFakeTimers()
  const inTurn = createTurns()
  void inTurn('anna', () => new Promise(() => {}))
  const next = inTurn('anna', async () => 'done')
  await vi.advanceTimersByTimeAsync(1_500)
  expect(await next).toBe('done')
})
