import { randomUUID } from 'node:crypto'
import { beforeEach, expect, it } from 'vitest'
import { createTabLocks, LockLost } from './create-tab-locks.ts'

const locks = createTabLocks(navigator.locks)
const never = new Promise<never>(() => {})
let name: string
beforeEach(() => {
  name = randomUUID()
})

it('work whose lock is taken over is told, and ends with LockLost', async () => {
  let signal = new AbortController().signal
  const { promise: started, resolve } = Promise.withResolvers<void>()
  const suspended = locks.hold(name, async lost => {
    signal = lost
    resolve()
    return never
  })
  await started
  expect(await locks.takeOver(name, 10, async () => 'done')).toBe('done')
  await expect(suspended).rejects.toThrow(LockLost)
  expect(() => signal.throwIfAborted()).toThrow(LockLost)
})

it('nothing is taken from work that ends in time, nor the error of work that fails', async () => {
  const { promise, resolve } = Promise.withResolvers<string>()
  const slow = locks.hold(name, () => promise)
  const next = locks.takeOver(name, 5_000, async () => 'next')
  resolve('slow')
  expect(await Promise.all([slow, next])).toEqual(['slow', 'next'])
  const failing = locks.takeOver(name, 10, () => Promise.reject(new Error('its own')))
  await expect(failing).rejects.toThrow('its own')
})

it('something else is done if the lock is not free in time', async () => {
  void locks.hold(name, () => never)
  expect(
    await locks.holdWithin(
      name,
      10,
      () => never,
      async () => 'otherwise',
    ),
  ).toBe('otherwise')
})
