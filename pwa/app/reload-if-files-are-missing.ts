const KEY = 'goalixa.reloads'
const MOST = 5
const WAIT_MS = 1_500

/**
 * Loads the page again if one of its files is not there: during a rollout the page can come from a pod of one build
 * and its files from a pod of another. Gives up after a few times.
 */
export function reloadIfFilesAreMissing(): void {
  addEventListener(
    'error',
    ({ target }) => {
      if (!(target instanceof HTMLScriptElement || target instanceof HTMLLinkElement)) return
      const reloads = Number(sessionStorage.getItem(KEY) ?? 0)
      if (reloads >= MOST) return
      sessionStorage.setItem(KEY, String(reloads + 1))
      setTimeout(() => location.reload(), WAIT_MS)
    },
    { capture: true },
  )
}

/** Says that all files were there, so that the next trouble gets its full number of attempts. */
export function allFilesAreThere(): void {
  sessionStorage.removeItem(KEY)
}
