import { reloadPage } from './reload-page.ts'
import type { UiState } from './ui-state.ts'

const CHECK_MS = 30 * 60_000
/** A page that was loaded so recently holds no unfinished work yet. */
const FRESH_MS = 10_000

const NOT_KEPT =
  'A new version of Goalixa is ready. This page holds changes that this device could not store: free some space, then reload.'

/**
 * Registers the service worker and updates the page to a newer shell: at once if the page is fresh or hidden, otherwise
 * when the person agrees. So a stale shell cannot stay, but the page does while it holds changes that only it has.
 */
export function watchForUpdates(ui: UiState): void {
  const container = navigator.serviceWorker
  if (container === undefined) return
  let isControlled = container.controller !== null
  let isWanted = false
  let isReloading = false

  const reload = async () => {
    if (isReloading) return
    isReloading = true
    isReloading = await reloadPage().catch(() => false)
    if (!isReloading) announce(NOT_KEPT, () => void reload())
  }
  const isSafe = () => document.visibilityState === 'hidden' || (performance.now() < FRESH_MS && !isBusy())
  const announce = (text: string, run: () => void) => {
    ui.toast({ text, isSticky: true, action: { label: 'Reload', run } })
    document.addEventListener('visibilitychange', () => isSafe() && run(), { once: true })
  }
  const offer = (run: () => void) => {
    if (isSafe()) run()
    else announce('A new version of Goalixa is ready.', run)
  }
  const activate = (worker: ServiceWorker) =>
    offer(() => {
      isWanted = true
      worker.postMessage('activate')
    })

  // The first worker takes control of a page that is already up to date; later ones bring another shell.
  container.addEventListener('controllerchange', () => {
    if (isWanted) void reload()
    else if (isControlled) offer(() => void reload())
    isControlled = true
  })
  void container.register('/sw.js', { updateViaCache: 'none' }).then(registration => {
    if (registration.waiting && isControlled) activate(registration.waiting)
    registration.addEventListener('updatefound', () => {
      const worker = registration.installing
      worker?.addEventListener('statechange', () => {
        if (worker.state === 'installed' && isControlled) activate(worker)
      })
    })
    const check = () => void registration.update().catch(() => {})
    // Registering a known script does not check for updates, and the browser checks rarely.
    check()
    setInterval(check, CHECK_MS)
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && check())
  }, reportMissing)
}

// Without a worker (private windows of some browsers) the app works, but only online.
function reportMissing() {}

function isBusy(): boolean {
  if (document.querySelector('dialog[open]') !== null) return true
  const field = document.activeElement
  return (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) && field.value !== ''
}
