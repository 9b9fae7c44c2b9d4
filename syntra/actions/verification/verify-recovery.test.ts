import type { Verification } from '@goalixa/agents/devops/proposal'
import { expect, test } from 'vitest'
import type { VerificationView } from '../actions.schema.ts'
import { verifyRecovery } from './verify-recovery.ts'

const about = { signal: 'error-ratio' as const, service: 'core', tool: 'prometheus_query' as const }
const predicate = { ...about, message: 's', args: {}, path: 'errors' }
const verification: Verification = {
  recovered: [{ ...predicate, kind: 'slo-recovered', limit: 0, op: '<=', value: 0 }],
  worse: [{ ...predicate, kind: 'slo-worse', limit: 10, op: '>', value: 10 }],
  unrelatedAlerts: [],
  forSeconds: 30,
  withinSeconds: 120,
}

/** Watches a series of values, one every ten seconds of a clock that only the watching moves. */
async function watch(values: (number | undefined)[], before: VerificationView | null = null, start = 0) {
  let seconds = start
  let index = 0
  const views: VerificationView[] = []
  const { result } = await verifyRecovery({
    verification,
    before,
    toolExecutor: { read: async () => ({ errors: values[Math.min(index, values.length - 1)] }) },
    save: async view => {
      views.push(view)
      index += 1
      seconds += 10
    },
    now: () => new Date(seconds * 1000),
    pollMs: 0,
    signal: new AbortController().signal,
  })
  return { result, checks: views.length, last: views.at(-1) }
}

test('recovery must hold without interruption for the approved time', async () => {
  expect(await watch([5, 0, 0, 0, 0])).toMatchObject({ result: 'recovered', checks: 5 })
  expect(await watch([0, 0, 5, 0, 0, 0, 0])).toMatchObject({ result: 'recovered', checks: 7 })
  expect(await watch([0, 0, undefined, 0, 0, 0, 0])).toMatchObject({ result: 'recovered', checks: 7 })
})

test('degradation ends verification early if it lasts; otherwise the window ends with no effect, or unknown if unread', async () => {
  expect(await watch([11, 11, 11, 11])).toMatchObject({ result: 'worse', checks: 4 })
  expect(await watch([11, 0, 0, 0, 0])).toMatchObject({ result: 'recovered' })
  expect(await watch([5])).toMatchObject({ result: 'no-effect', checks: 13 })
  expect(await watch([undefined])).toMatchObject({ result: 'unknown', checks: 13 })
})

test('a recovery that has begun when the window ends may run its full time', async () => {
  const late = [...Array(11).fill(5), 0]
  expect(await watch(late)).toMatchObject({ result: 'recovered', checks: 15 })
  expect(await watch([...late, 0, 5])).toMatchObject({ result: 'no-effect', checks: 17 })
})

test('one bad or unread check at the end of the window does not undo a change that helped', async () => {
  const good = [...Array(9).fill(5), 0, 0, 0]
  expect(await watch([...good, 5, 0])).toMatchObject({ result: 'recovered', checks: 17 })
  expect(await watch([...good, undefined, 0])).toMatchObject({ result: 'recovered', checks: 17 })
})

test('a state that was unread until the window ended must be bad for a while before it counts', async () => {
  expect(await watch([...Array(12).fill(undefined), 5])).toMatchObject({ result: 'no-effect', checks: 16 })
  expect(await watch([...Array(12).fill(undefined), 5, 0])).toMatchObject({ result: 'recovered' })
})

test('flapping ends verification after twice the time', async () => {
  const flapping = Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? 5 : 0))
  expect(await watch(flapping)).toMatchObject({ result: 'no-effect', checks: 25 })
})

test('a streak starts again after the machine was suspended between two checks', async () => {
  let seconds = 0
  let checks = 0
  const { result, startedAt } = await verifyRecovery({
    verification,
    before: null,
    toolExecutor: { read: async () => ({ errors: 0 }) },
    save: async () => {
      checks += 1
      seconds += 10
      // Between the second and the third check the clock jumps by an hour during the wait.
      if (checks === 2) setTimeout(() => (seconds += 3_600), 5)
    },
    now: () => new Date(seconds * 1000),
    pollMs: 40,
    signal: new AbortController().signal,
  })
  expect({ result, checks, startedAt }).toEqual({
    result: 'recovered',
    checks: 6,
    startedAt: new Date(3_600_000).toISOString(),
  })
})

test('time without a worker does not count towards the window', async () => {
  const iso = (seconds: number) => new Date(seconds * 1000).toISOString()
  const before: VerificationView = {
    startedAt: iso(0),
    lastAt: iso(20),
    holdsSince: iso(0),
    worseSince: null,
    sameSince: null,
    readings: [],
    result: null,
  }
  const resumed = await watch([0], before, 1_000)
  expect(resumed).toMatchObject({ result: 'recovered', checks: 4, last: { startedAt: iso(980) } })
})
