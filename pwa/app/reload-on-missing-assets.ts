import { reloadPage } from './reload-page.ts'

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
      if (countReload() <= MAX_RELOADS) setTimeout(reloadPage, WAIT_MS)
    },
    { capture: true },
  )
}

/** Resets the number of reloads, once all files have loaded. */
export function resetReloadCount(): void {
  try {
    sessionStorage.removeItem(KEY)
  } catch {
    // The browser blocks it.
  }
}

// Without a storage that outlives the reload, the page would reload for ever.
function countReload(): number {
  try {
    const reloads = Number(sessionStorage.getItem(KEY) ?? 0) + 1
    sessionStorage.setItem(KEY, String(reloads))
    return reloads
  } catch {
    return Number.POSITIVE_INFINITY
  }
}
