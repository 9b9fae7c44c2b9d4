import { addDays } from '@goalixa/rules/time/calendar-days'
import { html } from 'lit-html'
import { repeat } from 'lit-html/directives/repeat.js'
import type { SignedInApp } from '../create-app.ts'
import { dayName, parseDay } from '../data/day.ts'
import type { Records } from '../data/records.ts'
import { type DayStretch, type DaySummary, summariseDay } from '../data/summarise-day.ts'
import { formatDay, formatDuration, formatSpan, formatTime } from '../format.ts'
import { clock } from './clock.ts'
import { dayStrip } from './day-strip.ts'
import { emptyState } from './empty-state.ts'
import { icon } from './icon.ts'
import { pageHead } from './page-head.ts'
import { projectDot } from './task-row.ts'

/** Renders the time entries of one day. */
export function timeView(app: SignedInApp, dayInUrl: string | null) {
  const nowMs = app.now()
  const date = parseDay(dayInUrl) ?? dayName(nowMs)
  const records = app.stage.workspace.records()
  const day = summariseDay(records, date, nowMs)
  const isToday = date === dayName(nowMs)
  return html`${pageHead({ title: 'Time', eyebrow: formatDay(day.fromMs, nowMs), aside: dayNavigation(date, isToday) })}
    <section class="card focus" aria-label="Total for the day">
      <p class="focus-clock">${clock({ now: app.now, sinceMs: day.sinceMs, base: day.seconds, words: true })}</p>
      ${dayStrip(day, records, nowMs)}
    </section>
    ${
      day.stretches.length === 0
        ? emptyState({
            app,
            title: 'No time tracked',
            text: isToday
              ? 'Start the timer of a task, and its time appears here.'
              : 'Time that you track with a timer appears on its day.',
          })
        : html`<ul class="entries" role="list" aria-label="Time entries">
            ${repeat(
              day.stretches.toReversed(),
              ({ id }) => id,
              stretch => entryRow(app, stretch, records, day),
            )}
          </ul>`
    }`
}

function entryRow(app: SignedInApp, stretch: DayStretch, { tasks, projects }: Records, day: DaySummary) {
  const task = tasks.find(({ id }) => id === stretch.taskId)
  const project = projects.find(({ id }) => id === task?.projectId)
  // On a day that is over, the running timer has its part of that day behind it.
  const sinceMs = stretch.isRunning ? day.sinceMs : null
  const span =
    sinceMs === null
      ? formatSpan(stretch.startMs, stretch.endMs, day.toMs)
      : `${formatTime(stretch.startMs)} – now`
  const name = task?.name ?? (stretch.taskId === null ? 'No task' : 'Deleted task')
  return html`<li class="entry">
    <span class="entry-span">${span}</span>
    <span class="entry-task">${projectDot(project)}<bdi>${name}</bdi></span>
    <span class="entry-length">${entryLength(app, stretch, sinceMs)}</span>
    <button
      type="button"
      class="button-icon"
      aria-label="Delete the entry from ${formatTime(stretch.startMs)}, ${name}"
      @click=${() => app.stage.actions.deleteEntry(stretch)}
    >
      ${icon('trash')}
    </button>
  </li>`
}

// What counts for the entry, so that the entries sum to the total of the day.
function entryLength({ now }: SignedInApp, stretch: DayStretch, sinceMs: number | null) {
  const { seconds, startMs, endMs } = stretch
  if (sinceMs !== null) return clock({ now, sinceMs, base: seconds })
  const whole = Math.floor(endMs / 1000) - Math.floor(startMs / 1000)
  if (seconds === whole) return formatDuration(whole)
  return html`${formatDuration(seconds)}
    <span class="quiet" title="The rest counts for entries that started later.">of ${formatDuration(whole)}</span>`
}

function dayNavigation(date: string, isToday: boolean) {
  const link = (days: number) => `/time?day=${addDays(date, days)}`
  return html`<nav class="day-nav" aria-label="Day">
    <a class="button-icon" href=${link(-1)} aria-label="Previous day">${icon('left')}</a>
    <a class="button ${isToday ? 'is-here' : ''}" href="/time">Today</a>
    <a class="button-icon" href=${link(1)} aria-label="Next day">${icon('right')}</a>
  </nav>`
}
