import { html } from 'lit-html'
import type { SignedInApp } from '../create-app.ts'
import { countUnsyncedGestures } from '../data/count-unsynced-gestures.ts'
import { formatCount } from '../format.ts'
import { closeSheet, sheet } from './sheet.ts'

/** Renders the confirmation of a sign-out, which removes the data from this device. */
export function signOutSheet(app: SignedInApp) {
  const { store } = app.stage.workspace
  const pending = countUnsyncedGestures(store.outbox()) + store.countWaiting()
  return sheet({
    title: 'Sign out?',
    kind: 'middle',
    app,
    body: html`<p>Your data will be removed from this device. It stays on the server.</p>
      ${
        pending > 0
          ? html`<p class="form-message is-failure" role="alert">
              ${formatCount(pending, 'change')} ${pending === 1 ? 'is' : 'are'} not synced yet and would be lost.
            </p>`
          : ''
      }
      <div class="sheet-actions">
        <button type="button" class="button" autofocus @click=${() => closeSheet(app)}>Cancel</button>
        <button type="button" class="button button-danger" data-confirm-sign-out @click=${() => void app.signOut()}>
          ${pending > 0 ? 'Sign out and discard changes' : 'Sign out'}
        </button>
      </div>`,
  })
}
