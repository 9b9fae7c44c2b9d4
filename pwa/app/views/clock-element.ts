import { formatClock, formatDuration } from '../format.ts'

/** `<gx-clock since="ms" base="seconds" words>`: shows the time since an instant plus a base; ticks without a page render. */
class ClockElement extends HTMLElement {
  static readonly observedAttributes = ['since', 'base', 'words']
  /** Milliseconds since 1970, corrected if the clock of the device is known to be wrong. */
  now = () => Date.now()
  #timer: ReturnType<typeof setInterval> | undefined

  connectedCallback() {
    this.#timer = setInterval(() => this.#show(), 1000)
    this.#show()
  }

  disconnectedCallback() {
    clearInterval(this.#timer)
  }

  attributeChangedCallback() {
    this.#show()
  }

  #show() {
    const since = this.getAttribute('since')
    const elapsed = since === null ? 0 : (this.now() - Number(since)) / 1000
    const seconds = Number(this.getAttribute('base') ?? 0) + Math.max(0, elapsed)
    const text = this.hasAttribute('words') ? formatDuration(seconds) : formatClock(seconds)
    if (this.textContent !== text) this.textContent = text
  }
}

/** Registers `<gx-clock>`. */
export function defineClock(): void {
  customElements.define('gx-clock', ClockElement)
}
