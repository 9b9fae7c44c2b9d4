import { describe, expect, it } from 'vitest'
import type { TimeEntry } from './records.ts'
import { summariseDay } from './summarise-day.ts'
import { coveredSeconds, runningEntry, stretchesWithin } from './timer.ts'

const at = (hour: number, minute = 0) => new Date(2026, 2, 3, hour, minute).getTime()
const entry = (id: string, from: number, to: number | null): TimeEntry => ({
  id,
  taskId: 't',
  startMs: from,
  endMs: to,
})

describe('time', () => {
  it('counts a long session in full', () => {
    const day = summariseDay(records([entry('a', at(9), at(12))]), at(13), at(13))
    expect(day.seconds).toBe(3 * 3600)
  })

  it('splits a night between its two days', () => {
    const night = records([entry('a', at(22), at(25))])
    expect(summariseDay(night, at(12), at(30)).seconds).toBe(2 * 3600)
    expect(summariseDay(night, at(36), at(36)).seconds).toBe(3600)
  })

  it('ends a forgotten timer at the start of the next one, as the server does', () => {
    const entries = [entry('a', at(9), null), entry('b', at(10), null)]
    expect(runningEntry(entries)?.id).toBe('b')
    const stretches = stretchesWithin(entries, { fromMs: at(0), toMs: at(24), nowMs: at(11) })
    expect(stretches.map(({ startMs, endMs }) => [startMs, endMs])).toEqual([
      [at(9), at(10)],
      [at(10), at(11)],
    ])
  })

  it('counts overlapping time once', () => {
    const entries = [entry('a', at(9), at(11)), entry('b', at(10), at(12))]
    const stretches = stretchesWithin(entries, { fromMs: at(0), toMs: at(24), nowMs: at(13) })
    expect(coveredSeconds(stretches)).toBe(3 * 3600)
  })

  it('counts a timer that runs over midnight from midnight', () => {
    const running = records([entry('a', at(23), null)])
    const day = summariseDay(running, at(24, 30), at(24, 30))
    expect(day.sinceMs).toBe(at(24))
    expect(day.seconds).toBe(0)
    expect(summariseDay(running, at(12), at(24, 30)).seconds).toBe(3600)
  })
})

function records(entries: TimeEntry[]) {
  return { projects: [], tasks: [], entries }
}
