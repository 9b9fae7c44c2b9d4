import { html, nothing } from 'lit-html'
import type { SignedInApp } from '../create-app.ts'
import { dayName } from '../data/day.ts'
import { summariseDay } from '../data/summarise-day.ts'
import { addTaskForm } from './add-task-form.ts'
import { emptyState } from './empty-state.ts'
import { icon } from './icon.ts'
import { pageHead } from './page-head.ts'
import { taskList } from './task-list.ts'

/** Renders one project with its tasks. */
export function projectView(app: SignedInApp, id: string) {
  const records = app.stage.workspace.records()
  const project = records.projects.find(other => other.id === id)
  if (project === undefined) return missingProject()
  const day = summariseDay(records, dayName(app.now()), app.now())
  const tasks = records.tasks.filter(({ projectId }) => projectId === id)
  const [open, done] = [tasks.filter(task => !task.isDone), tasks.filter(task => task.isDone)]
  const edit = html`<button type="button" class="button" @click=${() => app.ui.open({ kind: 'project', id })}>
    ${icon('edit')} Edit
  </button>`
  return html`<p class="crumb"><a href="/projects">${icon('left')}Projects</a></p>
    ${pageHead({ title: project.name, aside: edit })} ${addTaskForm(app, id, { hint: 'Add a task to this project' })}
    <section class="block">
      <h2 class="block-title">To do ${open.length > 0 ? html`<span class="number">${open.length}</span>` : nothing}</h2>
      ${
        open.length > 0
          ? taskList(app, open, day, { label: 'To do', showsProject: false })
          : emptyState({
              app,
              title: 'No open tasks',
              text: 'Tasks that you add here go into this project.',
            })
      }
    </section>
    ${
      done.length > 0
        ? html`<section class="block">
            <h2 class="block-title">Done <span class="number">${done.length}</span></h2>
            ${taskList(app, done, day, { label: 'Done', showsProject: false })}
          </section>`
        : nothing
    }`
}

function missingProject() {
  return html`${pageHead({ title: 'Project not found' })}
    <p class="quiet">The project was deleted, or it has not been synced to this device yet.</p>
    <p><a class="button" href="/projects">All projects</a></p>`
}
