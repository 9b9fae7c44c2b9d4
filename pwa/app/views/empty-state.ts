import { html, nothing, type TemplateResult } from 'lit-html'
import type { SignedInApp } from '../create-app.ts'

type Props = {
  app: SignedInApp
  title: string
  text: string
  action?: TemplateResult
}

/**
 * Renders the placeholder of an empty list: a picture, a sentence and the next step. A device that has not synced yet
 * cannot tell that there is nothing, so it says that instead.
 */
export function emptyState({ app, action, ...words }: Props) {
  const isUnknown = app.stage.workspace.store.rows().size === 0 && !app.hasSynced()
  const { title, text } = isUnknown ? unknownState(app) : words
  return html`<div class="empty">
    <div class="empty-art" aria-hidden="true">${hills}</div>
    <p class="empty-title">${title}</p>
    <p class="quiet">${text}</p>
    ${action ?? nothing}
  </div>`
}

function unknownState(app: SignedInApp) {
  const isOffline = !navigator.onLine || app.syncState() === 'offline'
  return {
    title: 'Nothing on this device yet',
    text: isOffline
      ? 'What you have on other devices appears here once the server can be reached.'
      : 'What you have on other devices appears here in a moment.',
  }
}

// A drawing of hills under a sun.
const hills = html`<svg viewBox="0 0 160 90">
  <circle class="art-sun" cx="112" cy="34" r="14" />
  <path class="art-far" d="M0 72c24-26 46-34 66-18s38 18 94-8v44H0z" />
  <path class="art-near" d="M0 82c34-20 58-18 84-8s50 8 76-6v22H0z" />
</svg>`
