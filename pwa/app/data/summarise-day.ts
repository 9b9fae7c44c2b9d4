import { buildReport } from '@goalixa/rules/reports/build-report'
import type { ProjectTime } from '@goalixa/rules/reports/group-by-project'
import { type Piece, sumSeconds } from '@goalixa/rules/time/count-time'
import { listStretches, type Stretch } from '@goalixa/rules/time/list-stretches'
import { findRunningEntry } from '@goalixa/rules/time/open-entries'
import { splitLiveTime } from '@goalixa/rules/time/split-live-time'
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
  const { settled, live } = splitLiveTime(entries, span)
  const report = buildReport(
    { entries, ...names },
    { from: date, to: date, timeZone: deviceZone(), weekStart: 'monday', running: 'include' },
    nowMs,
  )
  const secondsOfEntry = sumBy(settled, ({ entryId }) => entryId)
  return {
    fromMs: span.fromMs,
    toMs: span.toMs,
    stretches: stretches.map(stretch => ({ ...stretch, seconds: secondsOfEntry.get(stretch.id) ?? 0 })),
    running: findRunningEntry(entries, nowMs),
    sinceMs: live?.sinceMs ?? null,
    seconds: report.totalSeconds - (live?.seconds ?? 0),
    secondsOfTask: sumBy(settled, ({ taskId }) => taskId),
    projects: report.projects,
  }
}

function sumBy<K>(pieces: readonly Piece[], keyOf: (piece: Piece) => K): Map<K, number> {
  const groups = Map.groupBy(pieces, keyOf)
  return new Map([...groups].map(([key, own]) => [key, sumSeconds(own)]))
}
