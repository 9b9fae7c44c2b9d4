import { html } from 'lit-html'
import { repeat } from 'lit-html/directives/repeat.js'
import type { SignedInApp } from '../create-app.ts'
import type { Project, Records } from '../data/records.ts'
import { sumAllTime } from '../data/sum-all-time.ts'
import { formatCount, formatDuration } from '../format.ts'
import { emptyState } from './empty-state.ts'
import { icon } from './icon.ts'
import { pageHead } from './page-head.ts'
import { projectDot } from './task-row.ts'

/** Renders all projects with their open tasks and the time spent on them. */
export function projectsView(app: SignedInApp) {
  const records = app.stage.workspace.records()
  const time = new Map(sumAllTime(records, app.now()).map(({ id, seconds }) => [id, seconds]))
  const create = () => app.ui.open({ kind: 'project', id: null })
  const button = html`<button type="button" class="button button-primary" @click=${create}>
    ${icon('plus')} New project
  </button>`
  return html`${pageHead({ title: 'Projects', aside: records.projects.length > 0 ? button : html`` })}
  ${
    records.projects.length === 0
      ? emptyState({
          app,
          title: 'No projects yet',
          text: 'A project groups tasks and the time you spend on them.',
          action: button,
        })
      : html`<ul class="projects" role="list">
          ${repeat(
            records.projects,
            ({ id }) => id,
            project => projectCard(project, records, time.get(project.id) ?? 0),
          )}
        </ul>`
  }`
}

function projectCard(project: Project, { tasks }: Records, seconds: number) {
  const own = tasks.filter(({ projectId }) => projectId === project.id)
  const done = own.filter(({ isDone }) => isDone).length
  return html`<li>
    <a class="card project-card" href="/projects/${project.id}">
      <span class="project-name">${projectDot(project)}<bdi>${project.name}</bdi></span>
      <progress max=${Math.max(own.length, 1)} value=${done} aria-hidden="true"></progress>
      <span class="project-facts quiet">
        <span>${tasksSentence(own.length, own.length - done)}</span>
        <span>${seconds >= 60 ? formatDuration(seconds) : ''}</span>
      </span>
    </a>
  </li>`
}

function tasksSentence(all: number, open: number): string {
  if (all === 0) return 'No tasks yet'
  return open === 0 ? 'All done' : formatCount(open, 'open task')
}
