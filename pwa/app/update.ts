import type { UiState } from './ui-state.ts'

const CHECK_MS = 30 * 60_000
/** A page this young has nothing to lose yet. */
const FRESH_MS = 10_000

/**
 * Registers the service worker and brings the page to a newer shell: at once while the page is fresh or out of sight,
 * else when the person says so. A stale shell can not stay (the incident of February 2026). The page goes only after
 * `settled`, when every edit is on the disk.
 */
export function watchForUpdates(ui: UiState, settled: () => Promise<void>): void {
  const container = navigator.serviceWorker
  if (container === undefined) return
  let isControlled = container.controller !== null
  let isWanted = false
  let isReloading = false

  const reload = () => {
    if (isReloading) return
    isReloading = true
    void settled().then(() => location.reload())
  }
  const isSafe = () => document.visibilityState === 'hidden' || (performance.now() < FRESH_MS && !isBusy())
  const offer = (run: () => void) => {
    if (isSafe()) return run()
    ui.toast({
      text: 'A new version of Goalixa is ready.',
      isSticky: true,
      action: { label: 'Reload', run },
    })
    document.addEventListener('visibilitychange', () => isSafe() && run(), { once: true })
  }
  const activate = (worker: ServiceWorker) =>
    offer(() => {
      isWanted = true
      worker.postMessage('activate')
    })

  // The first worker ever takes over a page that is already the newest; later ones bring another shell.
  container.addEventListener('controllerchange', () => {
    if (isWanted) reload()
    else if (isControlled) offer(reload)
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
    // Registering a known script looks for nothing new, and the browser itself takes its time.
    check()
    setInterval(check, CHECK_MS)
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && check())
  }, reportMissing)
}

// Without a worker (private windows of some browsers) the app works, only not without network.
function reportMissing() {}

function isBusy(): boolean {
  if (document.querySelector('dialog[open]') !== null) return true
  const field = document.activeElement
  return (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) && field.value !== ''
}
