import { html } from 'lit-html'

/** Renders the logo of Goalixa: a path that climbs to its goal. */
export function logo() {
  return html`<svg class="logo" viewBox="0 0 32 32" aria-hidden="true">
    <rect class="logo-ground" width="32" height="32" rx="9" />
    <path class="logo-path" d="M8 22.5c4.5 0 4.5-6 8.5-6s3.5-5 6-6.5" />
    <circle class="logo-goal" cx="23.5" cy="9.5" r="2.8" />
  </svg>`
}
