import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { limitParallel } from './limit-parallel.ts'

test('at most so many run at once, all run, in order, and a failure frees its place', async () => {
  const limit = limitParallel(2)
  const begun: number[] = []
  let running = 0
  let most = 0
  const results = await Promise.allSettled(
    [1, 2, 3, 4, 5].map(number =>
      limit(async () => {
        begun.push(number)
        most = Math.max(most, ++running)
        await wait(5)
        running -= 1
        if (number === 2) throw new Error('two')
        return number
      }),
    ),
  )
  expect(begun).toEqual([1, 2, 3, 4, 5])
  expect(most).toBe(2)
  expect(results.map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'fulfilled',
    'fulfilled',
    'fulfilled',
  ])
})
