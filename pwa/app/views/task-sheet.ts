import { findRunningEntry } from '@goalixa/rules/time/open-entries'
import { html, nothing } from 'lit-html'
import type { SignedInApp } from '../create-app.ts'
import { cleanName } from '../data/clean-name.ts'
import type { Records, Task } from '../data/records.ts'
import { sumAllTime } from '../data/sum-all-time.ts'
import { formatDay, formatDuration } from '../format.ts'
import { saveField } from '../save-field.ts'
import { icon } from './icon.ts'
import { limitedField } from './limited-field.ts'
import { closeSheet, sheet } from './sheet.ts'

/** Renders one task: name, project, note and time, and its actions. */
export function taskSheet(app: SignedInApp, id: string) {
  const records = app.stage.workspace.records()
  const task = records.tasks.find(other => other.id === id)
  if (task === undefined) return nothing
  return sheet({ title: 'Task', app, body: taskForm(app, task, records) })
}

function taskForm(app: SignedInApp, task: Task, records: Records) {
  const { actions } = app.stage
  const isRunning = findRunningEntry(records.entries, app.now())?.taskId === task.id
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    void closeSheet(app)
  }
  const [nameLimit, noteLimit] = [limitedField('tasks', 'name', cleanName), limitedField('tasks', 'note')]
  return html`<form class="task-form" @submit=${submit}>
    <label class="field field-title">
      <span class="hidden">Name</span>
      <textarea
        name="name"
        data-draft="tasks/${task.id}/name"
        rows="1"
        autocomplete="off"
        autofocus
        dir="auto"
        .value=${task.name}
        @keydown=${submitOnEnter}
        @input=${nameLimit.check}
        @change=${(event: Event) => saveField(event, name => actions.renameTask(task, name))}
      ></textarea>
      ${nameLimit.hint}
    </label>
    <label class="field">
      <span>Project</span>
      <select name="project" @change=${(event: Event) => actions.moveTask(task, selectedValue(event) || null)}>
        <option value="" ?selected=${task.projectId === null}>No project</option>
        ${records.projects.map(
          ({ id, name }) => html`<option value=${id} ?selected=${task.projectId === id}>${name}</option>`,
        )}
      </select>
    </label>
    <label class="field">
      <span>Note</span>
      <textarea
        name="note"
        data-draft="tasks/${task.id}/note"
        rows="4"
        dir="auto"
        .value=${task.note}
        @input=${noteLimit.check}
        @change=${(event: Event) => saveField(event, note => actions.noteTask(task, note))}
      ></textarea>
      ${noteLimit.hint}
    </label>
    <p class="quiet">${timeSentence(task, records, app.now())}</p>
    <div class="task-actions">
      <button type="button" class="button" @click=${() => actions.toggleTask(task)}>
        ${icon('check')} ${task.isDone ? 'Reopen' : 'Complete'}
      </button>
      ${
        task.isDone
          ? nothing
          : html`<button type="button" class="button" @click=${() => actions.toggleTimer(task)}>
              ${icon(isRunning ? 'stop' : 'play')} ${isRunning ? 'Stop timer' : 'Start timer'}
            </button>`
      }
      <button
        type="button"
        class="button button-danger"
        aria-label="Delete the task"
        title="Delete the task"
        @click=${async () => {
          await closeSheet(app, { discards: true })
          actions.deleteTask(task)
        }}
      >
        ${icon('trash')}
      </button>
    </div>
    <button class="button button-primary button-wide">Save</button>
  </form>`
}

function timeSentence({ id, completedAt, isDone }: Task, records: Records, nowMs: number): string {
  const tasks = sumAllTime(records, nowMs).flatMap(project => project.tasks)
  const seconds = tasks.find(task => task.id === id)?.seconds ?? 0
  const time = seconds < 1 ? 'No time tracked yet.' : `${formatDuration(seconds)} tracked in total.`
  return isDone && completedAt !== null
    ? `${time} Completed on ${formatDay(Date.parse(completedAt), nowMs)}.`
    : time
}

function selectedValue({ target }: Event): string {
  return target instanceof HTMLSelectElement ? target.value : ''
}

// A name is a single line, even if it wraps on the screen.
function submitOnEnter(event: KeyboardEvent) {
  if (event.key !== 'Enter' || event.isComposing) return
  event.preventDefault()
  if (event.target instanceof HTMLTextAreaElement) event.target.form?.requestSubmit()
}
