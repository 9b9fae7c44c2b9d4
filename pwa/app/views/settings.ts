import { html, nothing } from 'lit-html'
import { countUnsynced } from '../../store/count-unsynced.ts'
import { toWireOp } from '../../sync/next-request.ts'
import type { SignedInApp } from '../create-app.ts'
import { installation } from '../installation.ts'
import { currentTheme, type Theme, useTheme } from '../theme.ts'
import { attentionList } from './attention-list.ts'
import { pageHead } from './page-head.ts'
import { syncSentence } from './sync-badge.ts'

const THEMES: [Theme, string][] = [
  ['system', 'System'],
  ['light', 'Light'],
  ['dark', 'Dark'],
]

/** Renders the settings: account, appearance, this device. */
export function settingsView(app: SignedInApp) {
  const { user, store, syncer, syncAll } = app.stage.workspace
  const pending = countUnsynced(store)
  return html`${pageHead({ title: 'Settings' })}
    ${store.attention().length > 0 ? attentionList(app) : nothing}
    <section class="card setting">
      <h2>Account</h2>
      <p class="setting-row">
        <span><span class="quiet">Signed in as</span><br />${user.email}</span>
        <button type="button" class="button" @click=${() => app.ui.open({ kind: 'sign-out' })}>Sign out</button>
      </p>
    </section>
    <section class="card setting">
      <h2>Appearance</h2>
      <fieldset class="segments">
        <legend class="hidden">Theme</legend>
        ${THEMES.map(
          ([theme, label]) => html`<label>
            <input type="radio" name="theme" value=${theme} .checked=${currentTheme() === theme} @change=${() => useTheme(theme)} />
            <span>${label}</span>
          </label>`,
        )}
      </fieldset>
    </section>
    <section class="card setting">
      <h2>This device</h2>
      <p class="setting-row">
        <span>${syncSentence(app)}</span>
        <button type="button" class="button" @click=${() => void syncAll()}>Sync now</button>
      </p>
      ${syncer.rejectionReason() === null ? nothing : html`<p class="form-message is-failure">The server rejected the sync: ${syncer.rejectionReason()}</p>`}
      ${
        pending > 0
          ? html`<p class="setting-row">
              <span class="quiet"
                >${pending === 1 ? '1 change is stored only on this device until it is' : `${pending} changes are stored only on this device until they are`} synced.</span
              >
              <button type="button" class="button" @click=${() => saveOutbox(app)}>Save a copy</button>
            </p>`
          : nothing
      }
      ${
        installation.canInstall()
          ? html`<p class="setting-row">
              <span>Install Goalixa to open it like any other app, online or offline.</span>
              <button type="button" class="button" @click=${() => installation.install()}>Install</button>
            </p>`
          : nothing
      }
      <p class="setting-row needs-keyboard">
        <span>Goalixa works entirely from the keyboard.</span>
        <button type="button" class="button" @click=${() => app.ui.open({ kind: 'shortcuts' })}>Shortcuts</button>
      </p>
    </section>
    <p class="quiet version">Goalixa ${BUILD_ID}</p>`
}

function saveOutbox(app: SignedInApp) {
  const { store } = app.stage.workspace
  const inOutbox = new Set(store.outbox().map(({ group }) => group))
  const waiting = store.waiting().filter(({ id }) => !inOutbox.has(id))
  const changes = [...store.outbox().map(toWireOp), ...waiting.map(({ id, edits }) => ({ group: id, edits }))]
  const text = JSON.stringify(changes, null, 2)
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
  link.download = 'goalixa-unsynced-changes.json'
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
