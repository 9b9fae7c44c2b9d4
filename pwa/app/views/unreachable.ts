import { html } from 'lit-html'
import type { App } from '../create-app.ts'
import { logo } from './logo.ts'

/** Renders the start of a device that holds no data while the server, which alone knows the person, cannot be reached. */
export function unreachableView(app: App) {
  const cause = navigator.onLine ? 'The server does not answer.' : 'This device is offline.'
  return html`<main class="auth" id="main">
    <div class="auth-card">
      <p class="auth-logo">${logo()} Goalixa</p>
      <h1 tabindex="-1">Goalixa cannot be reached</h1>
      <p class="quiet">
        ${cause} There is no data on this device yet that could be shown without it. Goalixa opens as soon as the
        connection is back.
      </p>
      <button type="button" class="button button-primary button-wide" @click=${() => app.openAgain()}>Try again</button>
    </div>
  </main>`
}
