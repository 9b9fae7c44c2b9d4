import { html, render, type TemplateResult } from 'lit-html'
import { areGesturesKept, keepGestures } from '../store/keep-gestures.ts'
import { createApi } from './api.ts'
import { type App, createApp, type SignedInApp } from './create-app.ts'
import { dayAround } from './data/day.ts'
import { listenToDrafts } from './drafts.ts'
import { installation } from './installation.ts'
import { preserveFocus } from './preserve-focus.ts'
import { keepBeforeLeaving } from './reload-page.ts'
import type { Route } from './routes.ts'
import { listenToKeys } from './shortcuts.ts'
import { watchForUpdates } from './update.ts'
import { authView } from './views/auth.ts'
import { logo } from './views/logo.ts'
import { pageHead } from './views/page-head.ts'
import { projectView } from './views/project.ts'
import { projectsView } from './views/projects.ts'
import { settingsView } from './views/settings.ts'
import { openSheet } from './views/sheets.ts'
import { shell } from './views/shell.ts'
import { timeView } from './views/time.ts'
import { toasts } from './views/toasts.ts'
import { todayView } from './views/today.ts'
import { unreachableView } from './views/unreachable.ts'

const REFRESH_MS = 30_000

/** `<gx-app>`: renders the app's state after each change and as time passes, at most once per microtask. */
class AppElement extends HTMLElement {
  #isDrawn = true
  #place = ''
  readonly #app: App = createApp({
    api: createApi({ fetch: (...request) => fetch(...request) }),
    now: () => Date.now(),
    onChange: () => this.#changed(),
  })

  connectedCallback() {
    listenToKeys(() => signedIn(this.#app))
    listenToDrafts(this, () => signedIn(this.#app)?.stage.drafts)
    installation.listen(() => this.#changed())
    for (const event of ['online', 'offline']) addEventListener(event, () => this.#changed())
    document.addEventListener('visibilitychange', () => this.#changed())
    this.#tick()
    const store = () => signedIn(this.#app)?.stage.workspace.store
    keepBeforeLeaving({
      keep: async () => {
        const open = store()
        return open === undefined || keepGestures(open)
      },
      isKept: () => {
        const open = store()
        return open === undefined || areGesturesKept(open)
      },
    })
    watchForUpdates(this.#app.ui)
    void this.#app.start()
  }

  /** Draws from time to time, and at midnight at once: then the page is that of another day. */
  #tick() {
    this.#changed()
    const nowMs = this.#app.now()
    const untilMidnightMs = dayAround(nowMs).toMs - nowMs
    setTimeout(() => this.#tick(), Math.max(1, Math.min(REFRESH_MS, untilMidnightMs)))
  }

  #changed() {
    if (!this.#isDrawn) return
    this.#isDrawn = false
    queueMicrotask(() => {
      this.#isDrawn = true
      this.#draw()
    })
  }

  #draw() {
    const route = this.#app.router.current()
    preserveFocus(this, () => render(html`${renderApp(this.#app, route)} ${toasts(this.#app.ui)}`, this))
    // The sheet of a record that is gone: deleted on another device, or an older entry of the history.
    const isGone = this.#app.stage.kind === 'ready' && this.querySelector('dialog') === null
    if (isGone && this.#app.ui.sheet() !== null) void this.#app.ui.close()
    signedIn(this.#app)?.stage.drafts.restore(this)
    const place = `${this.#app.stage.kind} ${location.pathname}`
    if (place === this.#place) return
    const isFirst = this.#place === '' || this.#place.startsWith('opening')
    this.#place = place
    document.title = `${this.querySelector('h1')?.textContent?.trim() ?? ''} · Goalixa`
    if (isFirst) return
    scrollTo(0, 0)
    this.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true })
  }
}

/** Registers `<gx-app>`. */
export function defineApp(): void {
  customElements.define('gx-app', AppElement)
}

function signedIn(app: App): SignedInApp | undefined {
  return app.stage.kind === 'ready' ? (app as SignedInApp) : undefined
}

function renderApp(app: App, route: Route): TemplateResult {
  const { stage } = app
  const ready = signedIn(app)
  if (ready !== undefined) return html`${shell(ready, route, renderPage(ready, route))} ${openSheet(ready)}`
  if (stage.kind === 'signed-out')
    return authView(app, route.name === 'register' ? 'register' : 'sign-in', stage.reason)
  if (stage.kind === 'unreachable') return unreachableView(app)
  if (stage.kind === 'broken')
    return html`<main class="auth"><div class="auth-card"><h1>Goalixa cannot start</h1><p>${stage.reason}</p></div></main>`
  return html`<div class="boot" role="status" aria-label="Loading Goalixa">${logo()}</div>`
}

function renderPage(app: SignedInApp, route: Route): TemplateResult {
  switch (route.name) {
    case 'projects':
      return projectsView(app)
    case 'project':
      return projectView(app, route.id)
    case 'time':
      return timeView(app, route.day)
    case 'settings':
      return settingsView(app)
    case 'unknown':
      return html`${pageHead({ title: 'Page not found' })}
        <p class="quiet">There is no page at this address. Your data is safe.</p>
        <p><a class="button" href="/today">Go to Today</a></p>`
    default:
      return todayView(app)
  }
}
