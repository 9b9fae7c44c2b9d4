import { html } from 'lit-html'
import type { SignedInApp } from '../create-app.ts'
import { SHORTCUTS } from '../shortcuts.ts'
import { sheet } from './sheet.ts'

/** Every shortcut, from the table that also makes them work. */
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
