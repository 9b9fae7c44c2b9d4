type InstallPrompt = Event & { prompt: () => Promise<unknown> }

/** The browser's offer to install the app, if there is one. */
export const installation = createInstallation()

function createInstallation() {
  let offer: InstallPrompt | undefined
  return {
    /** Keeps the browser's offer until the person accepts it. */
    listen(changed: () => void) {
      addEventListener('beforeinstallprompt', event => {
        event.preventDefault()
        offer = event as InstallPrompt
        changed()
      })
      addEventListener('appinstalled', () => {
        offer = undefined
        changed()
      })
    },
    canInstall: () => offer !== undefined,
    install() {
      void offer?.prompt()
      offer = undefined
    },
  }
}
