import { html, nothing } from 'lit-html'

type Props = {
  now: () => number
  /** The ISO instant it counts from; without it the clock stands still. */
  since: string | null
  /** Seconds to add. */
  base?: number
  /** `1 h 05 min` instead of `1:05:00`. */
  words?: boolean
}

/** A clock that ticks on its own, without drawing the page again. */
export function clock({ now, since, base = 0, words = false }: Props) {
  return html`<gx-clock .now=${now} since=${since ?? nothing} base=${base} ?words=${words}></gx-clock>`
}
