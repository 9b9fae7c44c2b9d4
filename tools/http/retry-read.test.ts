import { ExpectedError } from '@goalixa/chassis/errors'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { retryRead } from './retry-read.ts'

// Time stands still, so that a wait which is not ended never ends.
beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

it.each([0, 4])('ends its wait when its caller stops (Retry-After: %i)', async retryAfterSeconds => {
  const stop = new AbortController()
  const read = retryRead(() => {
    setImmediate(() => stop.abort(new Error('the person left')))
    const failure = { retryAfterSeconds }
    return Promise.reject(new ExpectedError('unavailable', 'UPSTREAM_UNAVAILABLE', 'answered 503', failure))
  }, stop.signal)
  const outcome = expect(read).rejects.toThrow(/the person left|answered 503/)
  await vi.advanceTimersByTimeAsync(1)
  await outcome
})

it('reports what the other system answered if the deadline passes before it is asked again', async () => {
  const stop = new AbortController()
  const failure = new ExpectedError('unavailable', 'UPSTREAM_UNAVAILABLE', 'Argo CD answered 503.')
  const read = retryRead(() => {
    setImmediate(() => stop.abort(new DOMException('', 'TimeoutError')))
    return Promise.reject(failure)
  }, stop.signal)
  const outcome = expect(read).rejects.toBe(failure)
  await vi.advanceTimersByTimeAsync(1)
  await outcome
})
