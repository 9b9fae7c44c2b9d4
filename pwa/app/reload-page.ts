const EVENT = 'gx-leaving'

/** Stores what only this page holds; resolves with whether the page may go away. */
type Keep = () => Promise<boolean>

/**
 * Reloads the page, unless it holds something that would be lost with it. Returns whether it reloads. The only place that
 * does so: `boot.ts` and `main.ts` are separate bundles, so they share an event instead of a variable.
 */
export async function reloadPage(): Promise<boolean> {
  const answers: Promise<boolean>[] = []
  dispatchEvent(new CustomEvent(EVENT, { detail: (keep: Keep) => answers.push(keep()) }))
  const isKept = (await Promise.all(answers)).every(Boolean)
  if (isKept) location.reload()
  return isKept
}

/** Before `reloadPage` reloads, `keep` stores what only this page holds. While `isKept` is false, the browser asks anyone who leaves the page to confirm. */
export function keepBeforeLeaving({ keep, isKept }: { keep: Keep; isKept: () => boolean }): void {
  addEventListener(EVENT, event => {
    if (event instanceof CustomEvent) event.detail(keep)
  })
  addEventListener('beforeunload', event => {
    if (!isKept()) event.preventDefault()
  })
}
