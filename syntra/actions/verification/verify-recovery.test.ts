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
  return { result, looks: views.length, last: views.at(-1) }
}

test('recovery has to hold without a break for as long as was approved', async () => {
  expect(await watch([5, 0, 0, 0, 0])).toMatchObject({ result: 'recovered', looks: 5 })
  expect(await watch([0, 0, 5, 0, 0, 0, 0])).toMatchObject({ result: 'recovered', looks: 7 })
  expect(await watch([0, 0, undefined, 0, 0, 0, 0])).toMatchObject({ result: 'recovered', looks: 7 })
})

test('worse ends it early, only if it lasts as long; the end of the window says no effect, or unknown if it was not read', async () => {
  expect(await watch([11, 11, 11, 11])).toMatchObject({ result: 'worse', looks: 4 })
  expect(await watch([11, 0, 0, 0, 0])).toMatchObject({ result: 'recovered' })
  expect(await watch([5])).toMatchObject({ result: 'no-effect', looks: 13 })
  expect(await watch([undefined])).toMatchObject({ result: 'unknown', looks: 13 })
})

test('a recovery that has begun when the window ends may show that it holds', async () => {
  const late = [...Array(11).fill(5), 0]
  expect(await watch(late)).toMatchObject({ result: 'recovered', looks: 15 })
  expect(await watch([...late, 0, 5])).toMatchObject({ result: 'no-effect', looks: 17 })
})

test('one bad or blind look when the window ends does not take back what helped', async () => {
  const good = [...Array(9).fill(5), 0, 0, 0]
  expect(await watch([...good, 5, 0])).toMatchObject({ result: 'recovered', looks: 17 })
  expect(await watch([...good, undefined, 0])).toMatchObject({ result: 'recovered', looks: 17 })
})

test('what was blind until the window ended, and is seen to be bad then, has to be bad for a while', async () => {
  expect(await watch([...Array(12).fill(undefined), 5])).toMatchObject({ result: 'no-effect', looks: 16 })
  expect(await watch([...Array(12).fill(undefined), 5, 0])).toMatchObject({ result: 'recovered' })
})

test('what goes to and fro is given up after twice the time', async () => {
  const flapping = Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? 5 : 0))
  expect(await watch(flapping)).toMatchObject({ result: 'no-effect', looks: 25 })
})

test('a machine that was suspended between two looks has not watched: a streak begins anew', async () => {
  let seconds = 0
  let looks = 0
  const { result, startedAt } = await verifyRecovery({
    verification,
    before: null,
    toolExecutor: { read: async () => ({ errors: 0 }) },
    save: async () => {
      looks += 1
      seconds += 10
      // Between the second and the third look the clock jumps by an hour while it is waited.
      if (looks === 2) setTimeout(() => (seconds += 3_600), 5)
    },
    now: () => new Date(seconds * 1000),
    pollMs: 40,
    signal: new AbortController().signal,
  })
  expect({ result, looks, startedAt }).toEqual({
    result: 'recovered',
    looks: 6,
    startedAt: new Date(3_600_000).toISOString(),
  })
})

test('a worker that was away for longer than the window has not watched: the rest of the window is still to come', async () => {
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
  expect(resumed).toMatchObject({ result: 'recovered', looks: 4, last: { startedAt: iso(980) } })
})
