import { html } from 'lit-html'
import type { SignedInApp } from '../create-app.ts'
import { icon } from './icon.ts'

/** More than the four lines that are visible; a text that was refused for its size can have millions. */
const SHOWN_CHARACTERS = 1_000

/** Renders the changes that the server rejected or the device could not store, each with its reason and its value, so that nothing is lost. */
export function attentionList(app: SignedInApp) {
  const { store } = app.stage.workspace
  return html`<section class="card setting attention" aria-labelledby="attention-title">
    <h2 id="attention-title">${icon('warning')} Needs attention</h2>
    <p class="quiet">These changes could not be saved. Copy what you need, then dismiss them.</p>
    <ul role="list" class="attention-items">
      ${store.attention().map(
        ({ key, op, reason }) => html`<li class="attention-item">
          <strong>${NOUNS[op.entity]} · ${op.field.replaceAll('_', ' ')}</strong>
          <span class="attention-value" dir="auto" tabindex="0">${String(op.value).slice(0, SHOWN_CHARACTERS)}</span>
          <span class="quiet">${sentence(reason)}</span>
          <span class="attention-actions">
            <button type="button" class="button" @click=${() => void copy(app, String(op.value))}>Copy</button>
            <button type="button" class="button" @click=${() => void store.dismiss(key)}>Dismiss</button>
          </span>
        </li>`,
      )}
    </ul>
  </section>`
}

async function copy({ ui }: SignedInApp, text: string) {
  const isCopied = await navigator.clipboard.writeText(text).then(
    () => true,
    () => false,
  )
  ui.toast({
    text: isCopied ? 'Copied' : 'The browser does not allow copying. Select the text and copy it yourself.',
  })
}

function sentence(reason: string): string {
  const text = reason.charAt(0).toUpperCase() + reason.slice(1)
  return /[.!?]$/.test(text) ? text : `${text}.`
}

const NOUNS = { projects: 'Project', tasks: 'Task', time_entries: 'Time entry', unknown: 'Change' } as const
