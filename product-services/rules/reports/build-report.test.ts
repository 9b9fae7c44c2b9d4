import { expect, it, test } from 'vitest'
import type { Entry } from '../time/entries.ts'
import { buildReport, type ReportQuery, type ReportRows } from './build-report.ts'

const at = (instant: string) => Date.parse(instant)
const entry = (id: string, taskId: string | null, from: string, to: string | null): Entry => ({
  id,
  taskId,
  startMs: at(from),
  endMs: to === null ? null : at(to),
})
const rows = (entries: Entry[], over: Partial<ReportRows> = {}): ReportRows => ({
  entries,
  tasks: [],
  projects: [],
  ...over,
})
const query = (over: Partial<ReportQuery> = {}): ReportQuery => ({
  from: '2026-03-02',
  to: '2026-03-08',
  timeZone: 'UTC',
  weekStart: 'monday',
  running: 'include',
  ...over,
})
const NOW = at('2027-01-01T00:00:00Z')

it.each([
  ['2026-03-29', 'Europe/Berlin', 23],
  ['2026-10-25', 'Europe/Berlin', 25],
  ['2026-04-05', 'Australia/Lord_Howe', 24.5],
  ['2011-12-30', 'Pacific/Apia', 0],
])('%s in %s: whole-day entries that overlap fill at most the day, %d hours', (date, timeZone, hours) => {
  const long = entry('long', null, '2010-01-01T00:00:00Z', '2026-12-31T00:00:00Z')
  const other = entry('other', null, '2011-01-01T00:00:00Z', '2026-12-30T00:00:00Z')
  const report = buildReport(rows([long, other]), query({ from: date, to: date, timeZone }), NOW)
  expect(report.days).toEqual([{ date, seconds: hours * 3600 }])
  expect(report.totalSeconds).toBe(hours * 3600)
})

test('an entry over midnight is split by the border of the day in the person’s zone', () => {
  const night = rows([entry('a', null, '2026-03-02T22:30:00Z', '2026-03-03T00:30:00Z')])
  const days = (timeZone: string) =>
    buildReport(night, query({ to: '2026-03-03', timeZone }), NOW).days.map(({ seconds }) => seconds)
  expect(days('UTC')).toEqual([5400, 1800])
  expect(days('Europe/Berlin')).toEqual([1800, 5400])
  expect(days('America/New_York')).toEqual([7200, 0])
})

test('weeks start on the chosen day and hold the seconds that are within the report', () => {
  const week = rows([entry('a', null, '2026-02-01T00:00:00Z', '2026-04-01T00:00:00Z')])
  const weeks = (weekStart: ReportQuery['weekStart']) => buildReport(week, query({ weekStart }), NOW).weeks
  const day = 86_400
  expect(weeks('monday')).toEqual([{ start: '2026-03-02', seconds: 7 * day }])
  expect(weeks('saturday')).toEqual([
    { start: '2026-02-28', seconds: 5 * day },
    { start: '2026-03-07', seconds: 2 * day },
  ])
  expect(weeks('sunday')).toEqual([
    { start: '2026-03-01', seconds: 6 * day },
    { start: '2026-03-08', seconds: day },
  ])
})

test('entries of two devices that overlap by half an hour sum to the total, by task and by project', () => {
  const overlapping = rows(
    [
      entry('1', 'write', '2026-03-02T09:00:00Z', '2026-03-02T10:00:00Z'),
      entry('2', 'paint', '2026-03-02T09:30:00Z', '2026-03-02T10:30:00Z'),
    ],
    {
      tasks: [
        { id: 'write', name: 'Write', projectId: 'book' },
        { id: 'paint', name: 'Paint', projectId: 'gone' },
      ],
      projects: [{ id: 'book', name: 'Book' }],
    },
  )
  const { totalSeconds, projects } = buildReport(overlapping, query(), NOW)
  expect(totalSeconds).toBe(5400)
  expect(projects).toEqual([
    { id: 'gone', name: null, seconds: 3600, tasks: [{ id: 'paint', name: 'Paint', seconds: 3600 }] },
    { id: 'book', name: 'Book', seconds: 1800, tasks: [{ id: 'write', name: 'Write', seconds: 1800 }] },
  ])
})

test('the order does not depend on the order of the rows: equal times are ordered by id, none last', () => {
  const hour = (id: string, taskId: string | null, from: number) =>
    entry(id, taskId, `2026-03-02T0${from}:00:00Z`, `2026-03-02T0${from + 1}:00:00Z`)
  const entries = [hour('1', 'b', 1), hour('2', null, 2), hour('3', 'a', 3), hour('4', 'c', 4)]
  const tasks = ['a', 'b', 'c'].map(id => ({ id, name: id, projectId: id === 'c' ? 'p' : null }))
  const forwards = buildReport(rows(entries, { tasks }), query(), NOW)
  const backwards = buildReport(rows(entries.toReversed(), { tasks: tasks.toReversed() }), query(), NOW)
  expect(JSON.stringify(backwards)).toBe(JSON.stringify(forwards))
  expect(forwards.projects.map(({ tasks: own }) => own.map(({ id }) => id))).toEqual([
    ['a', 'b', null],
    ['c'],
  ])
})

test('the clock of a zone, which is slow to read, is read per day and not per entry, and once', () => {
  const entries = Array.from({ length: 5_000 }, (_, index) => {
    const startMs = at('2026-01-01T00:00:00Z') + index * 6_000_000
    return { id: `entry ${index}`, taskId: null, startMs, endMs: startMs + 9_000_000 }
  })
  const year = query({ from: '2026-01-01', to: '2026-12-31', timeZone: 'America/Halifax' })
  const first = countZoneReads(() => buildReport(rows(entries), year, NOW))
  expect(first).toBeGreaterThan(365)
  expect(first).toBeLessThanOrEqual(366 * 4)
  expect(countZoneReads(() => buildReport(rows(entries), year, NOW))).toBe(0)
})

function countZoneReads(run: () => void): number {
  const { prototype } = Intl.DateTimeFormat
  const original = prototype.formatToParts
  let count = 0
  prototype.formatToParts = function (...parameters) {
    count++
    return original.apply(this, parameters)
  }
  try {
    run()
  } finally {
    prototype.formatToParts = original
  }
  return count
}
