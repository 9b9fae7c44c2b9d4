import { findRunningEntry } from '@goalixa/rules/time/open-entries'
import { html, nothing } from 'lit-html'
import type { SignedInApp } from '../create-app.ts'
import { findResumableTask } from '../data/find-resumable-task.ts'
import type { Task } from '../data/records.ts'
import { clock } from './clock.ts'
import { icon } from './icon.ts'

/** Renders the timer on every page but Today: stops the running one, or resumes the last task. */
export function timerBar(app: SignedInApp) {
  const records = app.stage.workspace.records()
  const running = findRunningEntry(records.entries, app.now())
  const last = findResumableTask(records, app.now())
  if (running !== undefined) {
    const task = records.tasks.find(({ id }) => id === running.taskId)
    return html`<section class="timer-bar" aria-label="Running timer">
      <span class="pulse" aria-hidden="true"></span>
      ${timerTask(app, task)}
      ${clock({ now: app.now, sinceMs: running.startMs })}
      <button type="button" class="button-icon" aria-label="Stop the timer" @click=${() => app.stage.actions.stopTimer()}>
        ${icon('stop')}
      </button>
    </section>`
  }
  if (last === undefined) return nothing
  return html`<section class="timer-bar" aria-label="Timer">
    ${timerTask(app, last)}
    <button type="button" class="button-icon" aria-label="Resume ${last.name}" @click=${() => app.stage.actions.toggleTimer(last)}>
      ${icon('play')}
    </button>
  </section>`
}

// A long name is cut in the bar; the sheet of the task shows all of it.
function timerTask(app: SignedInApp, task: Task | undefined) {
  if (task === undefined) return html`<span class="timer-task">No task</span>`
  const open = () => app.ui.open({ kind: 'task', id: task.id })
  return html`<button type="button" class="timer-task" dir="auto" @click=${open}>${task.name}</button>`
}
