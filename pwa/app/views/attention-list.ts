import { html } from 'lit-html'
import type { SignedInApp } from '../create-app.ts'
import { icon } from './icon.ts'

/** Changes that the server will never take, each with its reason; what was written is shown, so it is not lost. */
export function attentionList(app: SignedInApp) {
  const { store } = app.stage.workspace
  return html`<section class="card setting attention" aria-labelledby="attention-title">
    <h2 id="attention-title">${icon('warning')} Needs attention</h2>
    <p class="quiet">The server could not take these changes. Copy what you need, then dismiss them.</p>
    <ul role="list">
      ${store.attention().map(
        ({ key, op, reason }) => html`<li class="setting-row">
          <span>
            <strong>${NOUNS[op.entity]} · ${op.field.replaceAll('_', ' ')}</strong><br />
            <span class="attention-value">${String(op.value)}</span><br />
            <span class="quiet">${reason}</span>
          </span>
          <button type="button" class="button" @click=${() => void store.dismiss(key)}>Dismiss</button>
        </li>`,
      )}
    </ul>
  </section>`
}

const NOUNS = { projects: 'Project', tasks: 'Task', time_entries: 'Time entry' } as const
