import { html, nothing } from 'lit-html'
import type { SignedInApp } from '../create-app.ts'
import { findResumableTask } from '../data/find-resumable-task.ts'
import type { Records, Task } from '../data/records.ts'
import type { DaySummary } from '../data/summarise-day.ts'
import { formatDuration } from '../format.ts'
import { clock } from './clock.ts'
import { dayStrip } from './day-strip.ts'
import { icon } from './icon.ts'
import { projectDot } from './task-row.ts'

/** Renders the running timer, the time tracked today, and its share per project. */
export function focusCard(app: SignedInApp, day: DaySummary, records: Records) {
  const task = records.tasks.find(({ id }) => id === day.running?.taskId)
  return html`<section class="card focus ${day.running ? 'is-running' : ''}" aria-label="Time today">
    <div class="focus-top">
      ${day.running ? running(app, day, task) : resting(app, day, findResumableTask(records, app.now()))}
    </div>
    ${dayStrip(day, records, app.now())} ${legend(day, records)}
  </section>`
}

function running(app: SignedInApp, day: DaySummary, task: Task | undefined) {
  return html`<div class="focus-now">
      <p class="eyebrow">Tracking now</p>
      <p class="focus-clock" data-running-clock>
        ${clock({ now: app.now, sinceMs: day.running?.startMs ?? null })}
      </p>
      ${task ? focusTask(app, task) : html`<p class="focus-task">No task</p>`}
    </div>
    <div class="focus-side">
      <p class="focus-total"><span>Today</span> <strong>${total(app, day)}</strong></p>
      <button type="button" class="button button-primary" @click=${() => app.stage.actions.stopTimer()}>
        ${icon('stop')} Stop
      </button>
    </div>`
}

function resting(app: SignedInApp, day: DaySummary, last: Task | undefined) {
  const hint = day.seconds < 1 ? 'Start the timer of a task to track time.' : 'tracked so far'
  return html`<div class="focus-now">
      <p class="eyebrow">Today</p>
      <p class="focus-clock">${total(app, day)}</p>
      ${last ? focusTask(app, last, 'Last: ') : html`<p class="focus-task">${hint}</p>`}
    </div>
    ${
      last
        ? html`<button type="button" class="button" @click=${() => app.stage.actions.toggleTimer(last)}>
            ${icon('play')} Resume
          </button>`
        : nothing
    }`
}

// A long name is cut here; the sheet of the task shows all of it.
function focusTask({ ui }: SignedInApp, { id, name }: Task, before = '') {
  return html`<button type="button" class="focus-task" @click=${() => ui.open({ kind: 'task', id })}>
    ${before}<bdi>${name}</bdi>
  </button>`
}

function total({ now }: SignedInApp, { seconds, sinceMs }: DaySummary) {
  return html`<span data-today-total>${clock({ now, sinceMs, base: seconds, words: true })}</span>`
}

function legend(day: DaySummary, { projects }: Records) {
  const parts = day.projects.filter(({ seconds }) => seconds >= 60)
  if (parts.length === 0) return nothing
  return html`<ul class="legend" role="list" aria-label="Today by project">
    ${parts.map(({ id, name, seconds }) => {
      const project = projects.find(other => other.id === id)
      return html`<li>
        ${projectDot(project)}<bdi>${name ?? 'No project'}</bdi
        ><span class="quiet">${formatDuration(seconds)}</span>
      </li>`
    })}
  </ul>`
}
