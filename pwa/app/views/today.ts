import { html, nothing } from 'lit-html'
import type { SignedInApp } from '../create-app.ts'
import { dayName } from '../data/day.ts'
import { summariseDay } from '../data/summarise-day.ts'
import { formatCount, formatDay } from '../format.ts'
import { addTaskForm } from './add-task-form.ts'
import { emptyState } from './empty-state.ts'
import { focusCard } from './focus-card.ts'
import { pageHead } from './page-head.ts'
import { taskList } from './task-list.ts'

/** Renders Today: the running timer, open tasks, completed tasks. */
export function todayView(app: SignedInApp) {
  const nowMs = app.now()
  const records = app.stage.workspace.records()
  const day = summariseDay(records, dayName(nowMs), nowMs)
  const open = records.tasks.filter(task => !task.isDone)
  const done = records.tasks
    .filter(({ completedAt }) => completedAt !== null && Date.parse(completedAt) >= day.fromMs)
    .filter(task => task.isDone)
  return html`${pageHead({ title: 'Today', eyebrow: formatDay(nowMs, nowMs) })} ${focusCard(app, day, records)}
    ${addTaskForm(app, null, { hint: 'Add a task, e.g. “Draft outline #project”' })}
    <section class="block">
      <h2 class="block-title">To do ${open.length > 0 ? html`<span class="number">${open.length}</span>` : nothing}</h2>
      ${
        open.length > 0
          ? taskList(app, open, day, { label: 'To do' })
          : emptyState({
              app,
              title: done.length > 0 ? 'All done. Enjoy the view.' : 'A clear day',
              text:
                done.length > 0
                  ? `${formatCount(done.length, 'task')} completed today.`
                  : 'Add the first thing you want to get done.',
            })
      }
    </section>
    ${
      done.length > 0
        ? html`<section class="block">
            <h2 class="block-title">Done today <span class="number">${done.length}</span></h2>
            ${taskList(app, done, day, { label: 'Done today' })}
          </section>`
        : nothing
    }`
}
