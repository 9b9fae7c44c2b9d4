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

type Watching = {
  before?: VerificationView
  start?: number
  onRead?: (check: number) => void
  onPause?: (check: number) => void
}

/** Watches a series of values, one every ten seconds of clocks that only the watching moves. */
async function watch(values: (number | undefined)[], { before, start = 0, onRead, onPause }: Watching = {}) {
  const clocks = { wall: start, monotonic: 0, boot: 0 }
  const views: VerificationView[] = []
  const pass = (seconds: number, names = Object.keys(clocks) as (keyof typeof clocks)[]) => {
    for (const name of names) clocks[name] += seconds
  }
  lose = pass
  const { result } = await verifyRecovery({
    verification,
    before: before ?? null,
    toolExecutor: {
      read: async () => {
        onRead?.(views.length)
        return { errors: values[Math.min(views.length, values.length - 1)] }
      },
    },
    save: async view => {
      views.push(view)
    },
    now: () => new Date(clocks.wall * 1000),
    readClocks: () => Object.values(clocks).map(seconds => seconds * 1000),
    pause: async () => {
      pass(10)
      onPause?.(views.length)
    },
    pollMs: 10_000,
    checkDeadlineMs: 15_000,
    signal: new AbortController().signal,
  })
  return { result, checks: views.length, views, last: views.at(-1) }
}

/** Moves the clocks of the current watching. */
let lose: (seconds: number, names?: ('wall' | 'monotonic' | 'boot')[]) => void

/** What time that was lost does to each clock. */
const LOSSES = {
  'the process is suspended': () => lose(3_600),
  'the machine is suspended': () => lose(3_600, ['wall', 'boot']),
  'the clock jumps ahead': () => lose(3_600, ['wall']),
  'the clock is set back': () => lose(-3_600, ['wall']),
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

test.each(Object.entries(LOSSES))(
  '%s between two checks: the streak starts again, the time does not count',
  async (_what, happen) => {
    const { result, checks, last } = await watch([0], { onPause: check => check === 2 && happen() })
    expect({ result, checks, observedMs: last?.observedMs }).toEqual({
      result: 'recovered',
      checks: 6,
      observedMs: 40_000,
    })
  },
)

test.each(Object.entries(LOSSES))(
  '%s during a check: its readings are stale, the time does not count',
  async (_what, happen) => {
    const { result, checks, views } = await watch([0], { onRead: check => check === 2 && happen() })
    expect({ result, checks, observedMs: views.map(({ observedMs }) => observedMs / 1000) }).toEqual({
      result: 'recovered',
      checks: 7,
      observedMs: [0, 10, 10, 20, 30, 40, 50],
    })
  },
)

test('nothing is undone because a check was interrupted at the end of the window', async () => {
  const { result } = await watch([...Array(5).fill(5), 0], { onRead: check => check === 5 && lose(3_600) })
  expect(result).toBe('recovered')
})

test('a worker whose clock is a day ahead or behind takes over: observed time is neither skipped nor counted twice', async () => {
  const { views } = await watch([5])
  const before = views[5]
  for (const start of [86_400, 60, 0, -86_400]) {
    const resumed = await watch([5], { before, start })
    expect([start, resumed.result, 6 + resumed.checks]).toEqual([start, 'no-effect', 14])
    expect((await watch([0], { before, start })).checks).toBe(4)
  }
})
