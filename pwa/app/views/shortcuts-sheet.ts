import { html } from 'lit-html'
import type { SignedInApp } from '../create-app.ts'
import { SHORTCUTS } from '../shortcuts.ts'
import { sheet } from './sheet.ts'

/** Renders the list of shortcuts from the table that also implements them. */
export function shortcutsSheet(app: SignedInApp) {
  return sheet({
    title: 'Keyboard shortcuts',
    kind: 'middle',
    app,
    body: html`<dl class="shortcuts">
      ${SHORTCUTS.map(
        ({ keys, label }) => html`<div>
          <dt>${keys.split(' ').map(key => html`<kbd>${key}</kbd> `)}</dt>
          <dd>${label}</dd>
        </div>`,
      )}
    </dl>`,
  })
}
