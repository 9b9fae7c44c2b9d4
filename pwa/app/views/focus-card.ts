import { html, nothing } from 'lit-html'
import type { SignedInApp } from '../create-app.ts'
import type { Records } from '../data/records.ts'
import type { DaySummary } from '../data/summarise-day.ts'
import { formatDuration } from '../format.ts'
import { dayStrip } from './day-strip.ts'
import { icon } from './icon.ts'
import { projectDot } from './task-row.ts'

/** What runs now, how much of today is tracked, and where it went. */
export function focusCard(app: SignedInApp, day: DaySummary, records: Records) {
  const task = records.tasks.find(({ id }) => id === day.running?.taskId)
  return html`<section class="card focus ${day.running ? 'is-running' : ''}" aria-label="Time today">
    <div class="focus-top">
      <div class="focus-now">
        <p class="eyebrow">${day.running ? 'Tracking now' : 'Today'}</p>
        ${
          day.running
            ? html`<p class="focus-clock">
                  <gx-clock since=${day.running.startedAt} data-running-clock></gx-clock>
                </p>
                <p class="focus-task">${task?.name ?? 'No task'}</p>`
            : html`<p class="focus-clock">${total(day)}</p>
                <p class="focus-task">${day.seconds < 1 ? 'Press play on a task to track time.' : 'tracked so far'}</p>`
        }
      </div>
      ${
        day.running
          ? html`<div class="focus-side">
              <p class="focus-total"><span>Today</span> <strong>${total(day)}</strong></p>
              <button type="button" class="button button-stop" @click=${() => app.stage.actions.stopTimer()}>
                ${icon('stop')} Stop
              </button>
            </div>`
          : nothing
      }
    </div>
    ${dayStrip(day, records, app.now())} ${legend(day, records)}
  </section>`
}

function total({ seconds, since }: DaySummary) {
  return html`<gx-clock words base=${seconds} since=${since ?? nothing} data-today-total></gx-clock>`
}

function legend({ secondsOfProject }: DaySummary, { projects }: Records) {
  const parts = [...secondsOfProject].filter(([, seconds]) => seconds >= 60).sort((a, b) => b[1] - a[1])
  if (parts.length === 0) return nothing
  return html`<ul class="legend" role="list" aria-label="Today by project">
    ${parts.map(([id, seconds]) => {
      const project = projects.find(other => other.id === id)
      return html`<li>
        ${projectDot(project)}<span>${project?.name ?? 'No project'}</span
        ><span class="quiet">${formatDuration(seconds)}</span>
      </li>`
    })}
  </ul>`
}
