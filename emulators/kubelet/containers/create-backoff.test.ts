import { expect, test } from 'vitest'
import { createBackoff } from './create-backoff.ts'

test('a crashing container restarts at once, then after 10, 20, 40 … seconds up to five minutes', () => {
  let now = 0
  const backoff = createBackoff({ initialMs: 10_000, maxMs: 300_000, resetAfterMs: 600_000, now: () => now })
  const delays = Array.from({ length: 8 }, () => {
    now += 1_000
    const failedAt = now
    const delay = backoff.delayFor(failedAt)
    now += delay
    backoff.tried(failedAt)
    return delay / 1_000
  })
  expect(delays).toEqual([0, 10, 20, 40, 80, 160, 300, 300])
})

test('the delay resets after ten minutes of running', () => {
  let now = 0
  const backoff = createBackoff({ initialMs: 10_000, maxMs: 300_000, resetAfterMs: 600_000, now: () => now })
  for (const failedAt of [1_000, 12_000, 40_000]) {
    now = failedAt
    backoff.tried(failedAt)
  }
  now = 50_000
  expect(backoff.delayFor(50_000)).toBe(40_000)
  now = 40_000 + 600_001
  expect(backoff.delayFor(now)).toBe(0)
  backoff.tried(now)
  expect(backoff.current()).toBe(10_000)
})
