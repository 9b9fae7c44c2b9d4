import { expect, test } from 'vitest'
import { watchRegularly } from './watch-regularly.ts'

test('a watch that fails runs ever more rarely, and each time again once it succeeds', async () => {
  let [runs, isBroken] = [0, true]
  const beat = watchRegularly(async () => {
    runs += 1
    if (isBroken) throw new DOMException('full', 'QuotaExceededError')
  })
  const beatFor = async (seconds: number) => {
    runs = 0
    for (let second = 0; second < seconds; second++) await beat()
    return runs
  }
  expect(await beatFor(60)).toBeLessThanOrEqual(6)
  expect(await beatFor(3_600)).toBeLessThanOrEqual(60)
  isBroken = false
  expect(await beatFor(61)).toBeGreaterThan(0)
  expect(await beatFor(10)).toBe(10)
})

test('a watch that takes long is not started again meanwhile', async () => {
  const ends: (() => void)[] = []
  const beat = watchRegularly(() => new Promise<void>(resolve => ends.push(resolve)))
  const first = beat()
  await beat()
  expect(ends).toHaveLength(1)
  ends[0]?.()
  await first
  void beat()
  expect(ends).toHaveLength(2)
})
