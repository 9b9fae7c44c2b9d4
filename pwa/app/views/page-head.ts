import { html, nothing, type TemplateResult } from 'lit-html'

/** Renders the head of a page; its heading gets the focus after navigation, so that screen readers announce it. */
export function pageHead({
  title,
  eyebrow,
  aside,
}: {
  title: string
  eyebrow?: string
  aside?: TemplateResult
}) {
  return html`<header class="page-head">
    <div>
      ${eyebrow ? html`<p class="eyebrow" aria-live="polite">${eyebrow}</p>` : nothing}
      <h1 tabindex="-1" dir="auto">${title}</h1>
    </div>
    ${aside ?? nothing}
  </header>`
}
