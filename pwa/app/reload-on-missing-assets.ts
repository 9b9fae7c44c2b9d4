const KEY = 'goalixa.reloads'
const MAX_RELOADS = 5
const WAIT_MS = 1_500

/**
 * Reloads the page if one of its files is missing: during a rollout the page can come from a pod of one build and its
 * files from a pod of another. Gives up after a few reloads.
 */
export function reloadOnMissingAssets(): void {
  addEventListener(
    'error',
    ({ target }) => {
      if (!(target instanceof HTMLScriptElement || target instanceof HTMLLinkElement)) return
      const reloads = Number(sessionStorage.getItem(KEY) ?? 0)
      if (reloads >= MAX_RELOADS) return
      sessionStorage.setItem(KEY, String(reloads + 1))
      setTimeout(() => location.reload(), WAIT_MS)
    },
    { capture: true },
  )
}

/** Resets the number of reloads, once all files have loaded. */
export function resetReloadCount(): void {
  sessionStorage.removeItem(KEY)
}
