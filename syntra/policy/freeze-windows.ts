import { z } from 'zod'

const Window = z.object({ from: z.iso.datetime({ offset: true }), to: z.iso.datetime({ offset: true }) })

/** Parses `ISO/ISO,…`. Throws a Zod error for anything else, so that a typing mistake stops the start, not the freeze. */
export function parseFreezeWindows(text: string) {
  return text
    .split(',')
    .map(part => part.trim())
    .filter(Boolean)
    .map(part => {
      const [from, to] = part.split('/')
      const window = Window.parse({ from, to })
      return { from: Date.parse(window.from), to: Date.parse(window.to) }
    })
}
export type FreezeWindows = ReturnType<typeof parseFreezeWindows>

/** Whether a time lies inside one of the windows. */
export function isFrozen(windows: FreezeWindows, at: Date): boolean {
  return windows.some(({ from, to }) => from <= at.getTime() && at.getTime() < to)
}
