import { ExpectedError } from '@goalixa/chassis/errors'
import { z } from 'zod'

const Window = z.object({ from: z.iso.datetime({ offset: true }), to: z.iso.datetime({ offset: true }) })

/** Parses `from/to,…` in ISO 8601. Throws `invalid` BAD_CONFIGURATION for anything else, so that a typing error prevents the start, not the freeze. */
export function parseFreezeWindows(text: string) {
  return text
    .split(',')
    .map(part => part.trim())
    .filter(Boolean)
    .map(part => {
      const [from, to] = part.split('/')
      const window = Window.safeParse({ from, to })
      if (!window.success) throw badWindow(part)
      const [begin, end] = [Date.parse(window.data.from), Date.parse(window.data.to)]
      if (end <= begin) throw badWindow(part)
      return { from: begin, to: end }
    })
}
export type FreezeWindows = ReturnType<typeof parseFreezeWindows>

/** Whether a time lies inside one of the windows. */
export function isFrozen(windows: FreezeWindows, at: Date): boolean {
  return windows.some(({ from, to }) => from <= at.getTime() && at.getTime() < to)
}

function badWindow(part: string): ExpectedError {
  const message = `expected "from/to,…" with two RFC 3339 times each, the later one second, got "${part}"`
  return new ExpectedError('invalid', 'BAD_CONFIGURATION', message)
}
