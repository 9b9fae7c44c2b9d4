import { html, type TemplateResult } from 'lit-html'
import { createRef, ref } from 'lit-html/directives/ref.js'
import type { UiState } from '../ui-state.ts'
import { icon } from './icon.ts'

const shown = createRef<HTMLDialogElement>()

/** A modal dialog with a title; Escape, its backdrop and its button close it, and focus goes back where it was. */
export function sheet({
  title,
  body,
  ui,
  kind = 'side',
}: {
  title: string
  body: TemplateResult
  ui: UiState
  kind?: 'side' | 'middle'
}) {
  return html`<dialog
    class="sheet sheet-${kind}"
    aria-labelledby="sheet-title"
    ${ref(shown)}
    ${ref(openModal)}
    @close=${() => ui.close()}
    @click=${(event: Event) => event.target === event.currentTarget && closeSheet()}
  >
    <div class="sheet-body">
      <header class="sheet-head">
        <h2 id="sheet-title">${title}</h2>
        <button type="button" class="button-icon" aria-label="Close" @click=${closeSheet}>${icon('close')}</button>
      </header>
      ${body}
    </div>
  </dialog>`
}

/** Closes the open sheet the way Escape does. */
export function closeSheet(): void {
  shown.value?.close()
}

function openModal(element: Element | undefined) {
  if (!(element instanceof HTMLDialogElement) || element.open) return
  queueMicrotask(() => element.isConnected && !element.open && element.showModal())
}
