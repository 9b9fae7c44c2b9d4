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
        ${cause} This device has no data yet that it could show meanwhile. Goalixa opens by itself as soon as it
        can be reached.
      </p>
      <button type="button" class="button button-primary button-wide" @click=${() => app.openAgain()}>Try again</button>
    </div>
  </main>`
}
