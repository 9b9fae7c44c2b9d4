import { html, type SVGTemplateResult, svg } from 'lit-html'

const SHAPES = {
  today: svg`<circle cx="12" cy="12" r="4"/><path d="M12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6 7 7M17 17l1.4 1.4M5.6 18.4 7 17M17 7l1.4-1.4"/>`,
  projects: svg`<path d="M4 7.5A1.5 1.5 0 0 1 5.5 6h4l2 2.5h7A1.5 1.5 0 0 1 20 10v7.5a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 17.5z"/>`,
  time: svg`<circle cx="12" cy="12" r="8"/><path d="M12 8v4.4l2.8 1.8"/>`,
  settings: svg`<path d="M5 7h7M16 7h3M5 12h2M11 12h8M5 17h9M18 17h1"/><circle cx="14" cy="7" r="1.8"/><circle cx="9" cy="12" r="1.8"/><circle cx="16" cy="17" r="1.8"/>`,
  plus: svg`<path d="M12 5.5v13M5.5 12h13"/>`,
  play: svg`<path d="M8.5 6.2v11.6a.6.6 0 0 0 .9.5l9-5.8a.6.6 0 0 0 0-1l-9-5.8a.6.6 0 0 0-.9.5z" fill="currentColor" stroke="none"/>`,
  stop: svg`<rect x="7" y="7" width="10" height="10" rx="2" fill="currentColor" stroke="none"/>`,
  check: svg`<path d="m6.5 12.5 3.6 3.6 7.4-8"/>`,
  trash: svg`<path d="M5 7h14M10 7V5h4v2M7 7l.8 11a1.5 1.5 0 0 0 1.5 1.4h5.4a1.5 1.5 0 0 0 1.5-1.4L17 7M10.5 11v5M13.5 11v5"/>`,
  close: svg`<path d="m7 7 10 10M17 7 7 17"/>`,
  left: svg`<path d="m14 7-5 5 5 5"/>`,
  right: svg`<path d="m10 7 5 5-5 5"/>`,
  cloud: svg`<path d="M8 18h8.5a3.5 3.5 0 0 0 .6-6.9A5 5 0 0 0 7.5 10 4 4 0 0 0 8 18z"/>`,
  'cloud-off': svg`<path d="M9.5 6.9A5 5 0 0 1 17 11a3.5 3.5 0 0 1 2.3 5.7M16.5 18H8a4 4 0 0 1-.6-7.9M5 5l14 14"/>`,
  warning: svg`<path d="M12 5 3.8 19h16.4zM12 10.5v3.5M12 16.6v.1"/>`,
  keyboard: svg`<rect x="3.5" y="7" width="17" height="10.5" rx="2"/><path d="M7 10.5h.1M10.3 10.5h.1M13.6 10.5h.1M17 10.5h.1M8.5 14h7"/>`,
  edit: svg`<path d="m5 19 1-4L15.5 5.5a1.8 1.8 0 0 1 2.5 0l.5.5a1.8 1.8 0 0 1 0 2.5L9 18z"/>`,
} satisfies Record<string, SVGTemplateResult>

export type IconName = keyof typeof SHAPES

/** Renders a line icon in the colour of the text. It is decorative, so its control needs a separate name. */
export function icon(name: IconName) {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">${SHAPES[name]}</svg>`
}
