import { html, nothing, type TemplateResult } from 'lit-html'

/** The top of a page; its heading takes the focus after a change of place, so that it is read out. */
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
      ${eyebrow ? html`<p class="eyebrow">${eyebrow}</p>` : nothing}
      <h1 tabindex="-1" dir="auto">${title}</h1>
    </div>
    ${aside ?? nothing}
  </header>`
}
