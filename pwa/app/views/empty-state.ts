import { html, nothing, type TemplateResult } from 'lit-html'

/** Renders the placeholder of an empty list: a picture, a sentence and the next step. */
export function emptyState({
  art,
  title,
  text,
  action,
}: {
  art: TemplateResult
  title: string
  text: string
  action?: TemplateResult
}) {
  return html`<div class="empty">
    <div class="empty-art" aria-hidden="true">${art}</div>
    <p class="empty-title">${title}</p>
    <p class="quiet">${text}</p>
    ${action ?? nothing}
  </div>`
}

/** A drawing of hills under a sun. */
export const hills = html`<svg viewBox="0 0 160 90">
  <circle class="art-sun" cx="112" cy="34" r="14" />
  <path class="art-far" d="M0 72c24-26 46-34 66-18s38 18 94-8v44H0z" />
  <path class="art-near" d="M0 82c34-20 58-18 84-8s50 8 76-6v22H0z" />
</svg>`
