import { html } from 'lit-html'
import { countUnsynced } from '../../store/count-unsynced.ts'
import type { SignedInApp } from '../create-app.ts'
import { formatCount } from '../format.ts'
import { closeSheet, sheet } from './sheet.ts'

/** Renders the confirmation of a sign-out, which removes the data from this device. */
export function signOutSheet(app: SignedInApp) {
  const { store } = app.stage.workspace
  const unsynced = countUnsynced(store)
  const refused = store.attention().length
  const losses = [
    unsynced > 0 ? `${formatCount(unsynced, 'change')} ${unsynced === 1 ? 'is' : 'are'} not synced yet` : '',
    refused > 0 ? `${formatCount(refused, 'change')} could not be saved` : '',
  ].filter(Boolean)
  return sheet({
    title: 'Sign out?',
    kind: 'middle',
    app,
    body: html`<p>Your data will be removed from this device. What is synced stays on the server.</p>
      ${
        losses.length > 0
          ? html`<p class="form-message is-failure" role="alert">
              ${losses.map(loss => `${loss} and would be lost.`).join(' ')}
            </p>`
          : ''
      }
      <div class="sheet-actions">
        <button type="button" class="button" autofocus @click=${() => closeSheet(app)}>Cancel</button>
        <button type="button" class="button button-danger" data-confirm-sign-out @click=${() => void app.signOut()}>
          ${losses.length > 0 ? 'Sign out and discard changes' : 'Sign out'}
        </button>
      </div>`,
  })
}
