import { html, nothing } from 'lit-html'
import type { SignedInApp } from '../create-app.ts'
import type { Project, Task } from '../data/records.ts'
import { clock } from './clock.ts'
import { icon } from './icon.ts'

type Props = {
  app: SignedInApp
  task: Task
  project: Project | undefined
  /** When the timer of the task started, null if it does not run. */
  sinceMs: number | null
  /** Seconds tracked today, without the running timer. */
  seconds: number
}

/** Renders one task in a list: checkbox, name, project, today's time, timer. */
export function taskRow({ app, task, project, sinceMs, seconds }: Props) {
  const { actions } = app.stage
  const isRunning = sinceMs !== null
  const open = () => app.ui.open({ kind: 'task', id: task.id })
  return html`<li
    class="task ${task.isDone ? 'is-done' : ''} ${isRunning ? 'is-running' : ''}"
    data-task=${task.id}
  >
    <button
      type="button"
      role="checkbox"
      class="tick"
      aria-checked=${task.isDone}
      aria-label=${task.isDone ? `Reopen ${task.name}` : `Complete ${task.name}`}
      @click=${() => actions.toggleTask(task)}
    >
      ${icon('check')}
    </button>
    <button type="button" class="task-open" @click=${open}>
      <span class="task-name" dir="auto">${task.name}</span>
      <span class="task-meta">
        ${project ? html`<span class="chip">${projectDot(project)}<bdi>${project.name}</bdi></span>` : nothing}
        ${isRunning || seconds >= 1 ? html`<span class="task-time">${timeToday(app, sinceMs, seconds)}</span>` : nothing}
      </span>
    </button>
    ${
      task.isDone
        ? nothing
        : html`<button
            type="button"
            class="button-icon timer-button"
            aria-label=${isRunning ? `Stop the timer for ${task.name}` : `Start the timer for ${task.name}`}
            @click=${() => actions.toggleTimer(task)}
          >
            ${icon(isRunning ? 'stop' : 'play')}
          </button>`
    }
  </li>`
}

/** Renders the colour of a project as a dot. */
export function projectDot(project: Pick<Project, 'color'> | undefined) {
  return html`<svg class="dot" viewBox="0 0 8 8" aria-hidden="true">
    <circle cx="4" cy="4" r="4" fill=${project?.color ?? 'currentColor'} />
  </svg>`
}

function timeToday({ now }: SignedInApp, sinceMs: number | null, seconds: number) {
  return html`${clock({ now, sinceMs, base: seconds, words: true })}<span class="hidden"> today</span>`
}
