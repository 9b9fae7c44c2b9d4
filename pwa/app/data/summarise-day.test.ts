import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Records, TimeEntry } from './records.ts'
import { sumAllTime } from './sum-all-time.ts'
import { summariseDay } from './summarise-day.ts'

// The zone of the server, which must not matter, is not the person's.
const zone = process.env.TZ
beforeEach(() => {
  process.env.TZ = 'Pacific/Kiritimati'
})
afterEach(() => {
  process.env.TZ = zone ?? ''
})

const DAY = '2026-03-03'
const NEXT_DAY = '2026-03-04'
const at = (hour: number, minute = 0) => new Date(2026, 2, 3, hour, minute).getTime()
const entry = (id: string, from: number, to: number | null, taskId = 't'): TimeEntry => ({
  id,
  taskId,
  startMs: from,
  endMs: to,
})

describe('a day', () => {
  it('counts a long session in full', () => {
    expect(summariseDay(records([entry('a', at(9), at(12))]), DAY, at(13)).seconds).toBe(3 * 3600)
  })

  it('splits a night with the next day, by the person’s midnight', () => {
    const night = records([entry('a', at(22), at(25))])
    expect(summariseDay(night, DAY, at(30)).seconds).toBe(2 * 3600)
    expect(summariseDay(night, NEXT_DAY, at(36)).seconds).toBe(3600)
  })

  it('ends a forgotten timer at the start of the next one, as the server does', () => {
    const day = summariseDay(records([entry('a', at(9), null), entry('b', at(10), null)]), DAY, at(11))
    expect(day.running?.id).toBe('b')
    expect(day.stretches.map(({ startMs, endMs }) => [startMs, endMs])).toEqual([
      [at(9), at(10)],
      [at(10), at(11)],
    ])
  })

  it('shows the same sums for entries, tasks, projects and the whole, where entries overlap', () => {
    const entries = [entry('a', at(9), at(10), 'write'), entry('b', at(9, 30), at(10, 30), 'paint')]
    const day = summariseDay(records(entries), DAY, at(13))
    expect(day.seconds).toBe(5400)
    expect(day.stretches.map(({ seconds }) => seconds)).toEqual([1800, 3600])
    expect([...day.secondsOfTask]).toEqual([
      ['write', 1800],
      ['paint', 3600],
    ])
    expect(day.projects.map(({ id, seconds }) => [id, seconds])).toEqual([
      ['studio', 3600],
      ['book', 1800],
    ])
    expect(sumAllTime(records(entries), at(13))).toEqual(day.projects)
  })

  it('does not run a timer that starts in the future, and counts the one that runs now', () => {
    const day = summariseDay(
      records([entry('now', at(9), null), entry('tomorrow', at(33), null)]),
      DAY,
      at(10),
    )
    expect(day.running?.id).toBe('now')
    expect(day.sinceMs).toBe(at(9))
    expect(day.stretches).toHaveLength(1)
  })
})

describe('a running timer', () => {
  it('counts from midnight once the day has turned, and the day that is over no longer says now', () => {
    const running = records([entry('a', at(23), null)])
    const today = summariseDay(running, NEXT_DAY, at(24, 30))
    expect([today.sinceMs, today.seconds]).toEqual([at(24), 0])
    const yesterday = summariseDay(running, DAY, at(24, 30))
    expect([yesterday.sinceMs, yesterday.seconds]).toEqual([null, 3600])
    expect(yesterday.stretches.map(({ isRunning, endMs }) => [isRunning, endMs])).toEqual([[false, at(24)]])
  })

  it('is not part of a day that has not begun', () => {
    expect(summariseDay(records([entry('a', at(9), null)]), NEXT_DAY, at(10)).stretches).toEqual([])
  })

  it('ticks from the moment that it starts', () => {
    const day = summariseDay(records([entry('a', at(9) + 250, null)]), DAY, at(9) + 300)
    expect([day.sinceMs, day.seconds, day.stretches.length]).toEqual([at(9) + 250, 0, 1])
  })

  it('counts around what was tracked on another device in the meantime', () => {
    const entries = [entry('a', at(9), null, 'write'), entry('b', at(10), at(11), 'paint')]
    const day = summariseDay(records(entries), DAY, at(12))
    expect([day.sinceMs, day.seconds]).toEqual([at(11), 2 * 3600])
    expect(day.secondsOfTask.get('write')).toBe(3600)
  })
})

it('the time of a deleted task stays with its project', () => {
  const deleted = { ...records([entry('a', at(9), at(10), 'write')]), tasks: [], projects: [] }
  expect(summariseDay(deleted, DAY, at(13)).projects).toMatchObject([
    { id: 'book', name: 'Book', seconds: 3600 },
  ])
})

it('whatever is tracked and whatever overlaps, the parts of each day sum to it, and the days to all time', () => {
  const drawn = fc.record({
    startMs: fc.integer({ min: at(0), max: at(72) }),
    lengthMs: fc.option(fc.nat(30 * 3_600_000)),
    taskId: fc.constantFrom('t', 'write', 'paint', null),
  })
  fc.assert(
    fc.property(
      fc.array(drawn, { maxLength: 10 }),
      fc.integer({ min: at(0), max: at(96) }),
      (rows, nowMs) => {
        const entries = rows
          .map(({ startMs, lengthMs, taskId }, index) => ({
            id: `entry ${index}`,
            taskId,
            startMs,
            endMs: lengthMs === null ? null : startMs + lengthMs,
          }))
          .toSorted((a, b) => a.startMs - b.startMs)
        const days = ['03', '04', '05', '06', '07', '08'].map(day =>
          summariseDay(records(entries), `2026-03-${day}`, nowMs),
        )
        for (const { seconds, sinceMs, stretches, secondsOfTask, projects } of days) {
          const live = sinceMs === null ? 0 : Math.floor(nowMs / 1000) - Math.floor(sinceMs / 1000)
          expect(sum(stretches.map(stretch => stretch.seconds))).toBe(seconds)
          expect(sum([...secondsOfTask.values()])).toBe(seconds)
          expect(sum(projects.map(project => project.seconds))).toBe(seconds + live)
        }
        const ofDays = days.flatMap(({ projects }) => projects.map(({ seconds }) => seconds))
        expect(sum(sumAllTime(records(entries), nowMs).map(({ seconds }) => seconds))).toBe(sum(ofDays))
      },
    ),
    { numRuns: 300 },
  )
})

const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0)

function records(entries: TimeEntry[]): Records {
  const names = {
    tasks: [
      { id: 't', name: 'Task', projectId: null },
      { id: 'write', name: 'Write', projectId: 'book' },
      { id: 'paint', name: 'Paint', projectId: 'studio' },
    ],
    projects: [
      { id: 'book', name: 'Book' },
      { id: 'studio', name: 'Studio' },
    ],
  }
  return { projects: [], tasks: [], entries, names }
}
