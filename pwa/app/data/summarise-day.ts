import { buildReport } from '@goalixa/rules/reports/build-report'
import type { ProjectTime } from '@goalixa/rules/reports/group-by-project'
import { countTime, type Piece, sumSeconds } from '@goalixa/rules/time/count-time'
import { listStretches, type Stretch } from '@goalixa/rules/time/list-stretches'
import { findRunningEntry } from '@goalixa/rules/time/open-entries'
import { daySpan, deviceZone } from './day.ts'
import type { Records, TimeEntry } from './records.ts'

/** A part of a day, with the seconds that count for its entry: where entries overlap, for the one that started last. */
export type DayStretch = Stretch & { seconds: number }

/**
 * The time tracked on one local day, from the same report as everywhere else. Seconds exclude what the running timer has
 * counted since `sinceMs`, so that a clock can add it.
 */
export type DaySummary = {
  fromMs: number
  toMs: number
  /** By start. */
  stretches: DayStretch[]
  running: TimeEntry | undefined
  /** Since when the running timer has counted towards this day without a break, null if it does not. */
  sinceMs: number | null
  seconds: number
  secondsOfTask: ReadonlyMap<string | null, number>
  /** Includes the running timer up to now. */
  projects: ProjectTime[]
}

/** Summarises a local calendar day as of `nowMs`. */
export function summariseDay({ entries, names }: Records, date: string, nowMs: number): DaySummary {
  const span = { ...daySpan(date), nowMs }
  const stretches = listStretches(entries, span)
  const pieces = countTime(entries, span)
  const live = pieces.findLast(({ isRunning, end }) => isRunning && end === Math.floor(nowMs / 1000))
  const closed = pieces.filter(piece => piece !== live)
  const report = buildReport(
    { entries, ...names },
    { from: date, to: date, timeZone: deviceZone(), weekStart: 'monday', running: 'include' },
    nowMs,
  )
  const secondsOfEntry = sumBy(closed, ({ entryId }) => entryId)
  return {
    fromMs: span.fromMs,
    toMs: span.toMs,
    stretches: stretches.map(stretch => ({ ...stretch, seconds: secondsOfEntry.get(stretch.id) ?? 0 })),
    running: findRunningEntry(entries, nowMs),
    sinceMs: live === undefined ? findFreshStart(stretches, nowMs) : live.start * 1000,
    seconds: report.totalSeconds - (live === undefined ? 0 : sumSeconds([live])),
    secondsOfTask: sumBy(closed, ({ taskId }) => taskId),
    projects: report.projects,
  }
}

// A timer that was started in this very second has no whole second yet.
function findFreshStart(stretches: readonly Stretch[], nowMs: number): number | null {
  const running = stretches.find(({ isRunning }) => isRunning)
  return running !== undefined && nowMs - running.startMs < 1000 ? running.startMs : null
}

function sumBy<K>(pieces: readonly Piece[], keyOf: (piece: Piece) => K): Map<K, number> {
  const groups = Map.groupBy(pieces, keyOf)
  return new Map([...groups].map(([key, own]) => [key, sumSeconds(own)]))
}
