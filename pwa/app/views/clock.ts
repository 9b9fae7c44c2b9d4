import { html, nothing } from 'lit-html'

type Props = {
  now: () => number
  /** The start in milliseconds since 1970; null for a clock that stands still. */
  sinceMs: number | null
  /** Seconds to add. */
  base?: number
  /** `1 h 5 min` instead of `1:05:00`. */
  words?: boolean
}

/** Renders a clock that ticks without a render of the page. */
export function clock({ now, sinceMs, base = 0, words = false }: Props) {
  return html`<gx-clock .now=${now} since=${sinceMs ?? nothing} base=${base} ?words=${words}></gx-clock>`
}
