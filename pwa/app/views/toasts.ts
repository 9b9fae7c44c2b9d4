import { html, nothing } from 'lit-html'
import { repeat } from 'lit-html/directives/repeat.js'
import type { Toast, UiState } from '../ui-state.ts'
import { icon } from './icon.ts'

/** Renders short messages at the edge of the page; screen readers announce them. */
export function toasts(ui: UiState) {
  return html`<div class="toasts" role="status">
    ${repeat(
      ui.toasts(),
      ({ id }) => id,
      toast => toastItem(ui, toast),
    )}
  </div>`
}

function toastItem(ui: UiState, { id, text, action }: Toast) {
  return html`<div class="toast">
    <span class="toast-text" dir="auto">${text}</span>
    ${
      action
        ? html`<button
            type="button"
            class="toast-action"
            @click=${() => {
              ui.dismiss(id)
              action.run()
            }}
          >
            ${action.label}
          </button>`
        : nothing
    }
    <button type="button" class="button-icon" aria-label="Dismiss" @click=${() => ui.dismiss(id)}>${icon('close')}</button>
  </div>`
}
