import { html, type TemplateResult } from 'lit-html'
import { createRef, ref } from 'lit-html/directives/ref.js'
import type { SignedInApp } from '../create-app.ts'
import { leaveSheet } from '../leave-sheet.ts'
import { icon } from './icon.ts'

const shown = createRef<HTMLDialogElement>()

/** Renders a modal dialog with a title. Escape, its backdrop and its button close it, and the focus returns. */
export function sheet({
  title,
  body,
  app,
  kind = 'side',
}: {
  title: string
  body: TemplateResult
  app: SignedInApp
  kind?: 'side' | 'middle'
}) {
  const close = () => void closeSheet(app)
  const closeAfterEscape = (event: Event) => {
    event.preventDefault()
    close()
  }
  // The browser can close a dialog without asking; one that the page has removed reports its end late.
  const closeAfterBrowser = ({ currentTarget }: Event) =>
    currentTarget instanceof Node && currentTarget.isConnected && void app.ui.close()
  return html`<dialog
    class="sheet sheet-${kind}"
    aria-labelledby="sheet-title"
    ${ref(shown)}
    ${ref(openModal)}
    @cancel=${closeAfterEscape}
    @close=${closeAfterBrowser}
    @click=${(event: Event) => event.target === event.currentTarget && close()}
  >
    <div class="sheet-body">
      <header class="sheet-head">
        <h2 id="sheet-title">${title}</h2>
        <button type="button" class="button-icon" aria-label="Close" @click=${close}>${icon('close')}</button>
      </header>
      ${body}
    </div>
  </dialog>`
}

/**
 * Closes the open sheet once its edits are stored, so that a reload right afterwards does not lose them. A text that cannot
 * be stored keeps it open, unless it is not wanted any more (`discards`).
 */
export async function closeSheet({ stage, ui }: SignedInApp, { discards = false } = {}): Promise<void> {
  const dialog = shown.value
  if (dialog === undefined) return
  if (!leaveSheet(dialog, { discards })) return
  await stage.workspace.store.settled()
  // Nothing in it keeps it open any more.
  if (discards) dialog.close()
  await ui.close()
}

function openModal(element: Element | undefined) {
  if (!(element instanceof HTMLDialogElement) || element.open) return
  queueMicrotask(() => element.isConnected && !element.open && element.showModal())
}
