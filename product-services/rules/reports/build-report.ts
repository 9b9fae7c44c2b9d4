import { addDays, daysBetween, startOfDay, startOfWeek, type WeekStart } from '../time/calendar-days.ts'
import { type Piece, sumSeconds } from '../time/count-time.ts'
import type { Entry } from '../time/entries.ts'
import { splitLiveTime } from '../time/split-live-time.ts'
import { groupByProject, type ProjectTime, type TaskNames } from './group-by-project.ts'

/** The days of a report, both included, and whether the running timer counts until now. */
export type ReportQuery = {
  from: string
  to: string
  timeZone: string
  weekStart: WeekStart
  running: 'include' | 'exclude'
}

/** What a report is built from. Deleted tasks and projects are among them: their time stays in reports. */
export type ReportRows = TaskNames & { entries: readonly Entry[] }

/** Time spent in seconds. The days, the weeks, the projects and the tasks of the projects each sum to the total. */
export type Report = {
  from: string
  to: string
  timeZone: string
  weekStart: WeekStart
  totalSeconds: number
  /** The part of the total that grows: what the running timer has counted without a break. Null if none counts now. */
  live: { since: string; seconds: number } | null
  days: { date: string; seconds: number }[]
  /** By first day, which may be before `from`; the seconds are those within the report. */
  weeks: { start: string; seconds: number }[]
  projects: ProjectTime[]
}

/** Builds the report on time, on a device and on the server alike: equal rows make equal JSON. */
export function buildReport(rows: ReportRows, query: ReportQuery, nowMs: number): Report {
  const { from, to, timeZone, weekStart, running } = query
  const [fromMs, toMs] = [startOfDay(from, timeZone), startOfDay(addDays(to, 1), timeZone)]
  const { pieces, live } = splitLiveTime(rows.entries, { fromMs, toMs, nowMs, running })
  const days = sumByDay(pieces, query)
  return {
    from,
    to,
    timeZone,
    weekStart,
    totalSeconds: sumSeconds(pieces),
    live: live && { since: new Date(live.sinceMs).toISOString(), seconds: live.seconds },
    days,
    weeks: sumByWeek(days, weekStart),
    projects: groupByProject(pieces, rows),
  }
}

// Pieces and days are both in order, so one pass over the pieces serves all days.
function sumByDay(pieces: readonly Piece[], { from, to, timeZone }: ReportQuery): Report['days'] {
  let first = 0
  return daysBetween(from, to).map(date => {
    const start = startOfDay(date, timeZone) / 1000
    const end = startOfDay(addDays(date, 1), timeZone) / 1000
    let seconds = 0
    for (let piece = pieces[first]; piece !== undefined && piece.start < end; piece = pieces[first]) {
      seconds += Math.max(0, Math.min(piece.end, end) - Math.max(piece.start, start))
      // The next day takes the rest of it.
      if (piece.end > end) break
      first += 1
    }
    return { date, seconds }
  })
}

function sumByWeek(days: Report['days'], weekStart: WeekStart): Report['weeks'] {
  const weeks = Map.groupBy(days, ({ date }) => startOfWeek(date, weekStart))
  return [...weeks].map(([start, own]) => ({
    start,
    seconds: own.reduce((sum, { seconds }) => sum + seconds, 0),
  }))
}
