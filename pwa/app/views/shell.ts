import { html, nothing, type TemplateResult } from 'lit-html'
import { repeat } from 'lit-html/directives/repeat.js'
import type { SignedInApp } from '../create-app.ts'
import type { Route } from '../routes.ts'
import { type IconName, icon } from './icon.ts'
import { logo } from './logo.ts'
import { syncAnnouncement, syncBadge } from './sync-badge.ts'
import { projectDot } from './task-row.ts'
import { timerBar } from './timer-bar.ts'

const PLACES: { path: string; name: Route['name']; label: string; icon: IconName }[] = [
  { path: '/today', name: 'today', label: 'Today', icon: 'today' },
  { path: '/projects', name: 'projects', label: 'Projects', icon: 'projects' },
  { path: '/time', name: 'time', label: 'Time', icon: 'time' },
  { path: '/settings', name: 'settings', label: 'Settings', icon: 'settings' },
]

/** Renders the frame around every page: navigation, projects, sync state, and the timer on every page but Today. */
export function shell(app: SignedInApp, route: Route, page: TemplateResult) {
  return html`<a class="skip" href="#main">Skip to content</a>
    <div class="shell">
      <header class="side">
        <a class="brand" href="/today" aria-label="Goalixa">${logo()} <span>Goalixa</span></a>
        <nav class="places" aria-label="Main">
          ${PLACES.map(
            place => html`<a
              href=${place.path}
              class=${place.name === 'projects' && route.name === 'project' ? 'is-above' : ''}
              aria-current=${place.name === route.name ? 'page' : nothing}
            >
              ${icon(place.icon)}<span>${place.label}</span>
            </a>`,
          )}
        </nav>
        ${sideProjects(app, route)}
        <div class="side-foot">${route.name === 'today' ? nothing : timerBar(app)} ${syncBadge(app)}</div>
      </header>
      <main id="main" class="page" data-route=${route.name}>${page}</main>
      <button
        type="button"
        class="button-add"
        aria-label="Add a task"
        @click=${() => app.ui.open({ kind: 'quick-add' })}
      >
        ${icon('plus')}
      </button>
    </div>
    ${syncAnnouncement(app)}`
}

function sideProjects(app: SignedInApp, route: Route) {
  const { projects, tasks } = app.stage.workspace.records()
  if (projects.length === 0) return nothing
  const openIn = (id: string) => tasks.filter(task => task.projectId === id && !task.isDone).length
  return html`<nav class="side-projects" aria-label="Projects">
    <p class="eyebrow">Projects</p>
    ${repeat(
      projects,
      ({ id }) => id,
      ({ id, name, color }) => html`<a
        href="/projects/${id}"
        aria-current=${route.name === 'project' && route.id === id ? 'page' : nothing}
      >
        ${projectDot({ color })}<bdi>${name}</bdi><span class="number">${openIn(id) || ''}</span>
      </a>`,
    )}
  </nav>`
}
