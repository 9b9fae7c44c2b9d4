import { html } from 'lit-html'
import type { SignedInApp } from '../create-app.ts'
import { unsyncedGestures } from '../data/unsynced-gestures.ts'
import { count } from '../format.ts'
import { closeSheet, sheet } from './sheet.ts'

/** Asks before signing out, because it removes what is on this device. */
export function signOutSheet(app: SignedInApp) {
  const pending = unsyncedGestures(app.stage.workspace.store.outbox())
  return sheet({
    title: 'Sign out?',
    kind: 'middle',
    app,
    body: html`<p>Your data is removed from this device and stays on the server.</p>
      ${
        pending > 0
          ? html`<p class="form-message is-failure" role="alert">
              ${count(pending, 'change')} ${pending === 1 ? 'is' : 'are'} not synced yet and would be lost.
            </p>`
          : ''
      }
      <div class="sheet-actions">
        <button type="button" class="button" autofocus @click=${() => closeSheet(app)}>Stay</button>
        <button type="button" class="button button-danger" data-confirm-sign-out @click=${() => void app.signOut()}>
          ${pending > 0 ? 'Sign out and lose them' : 'Sign out'}
        </button>
      </div>`,
  })
}
