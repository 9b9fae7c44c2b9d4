import { html, nothing } from 'lit-html'

type Props = {
  now: () => number
  /** Milliseconds since 1970 that it counts from; without it the clock stands still. */
  sinceMs: number | null
  /** Seconds to add. */
  base?: number
  /** `1 h 05 min` instead of `1:05:00`. */
  words?: boolean
}

/** A clock that ticks on its own, without drawing the page again. */
export function clock({ now, sinceMs, base = 0, words = false }: Props) {
  return html`<gx-clock .now=${now} since=${sinceMs ?? nothing} base=${base} ?words=${words}></gx-clock>`
}
