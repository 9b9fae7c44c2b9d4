/** What is open above the page. */
export type Sheet =
  | { kind: 'task'; id: string }
  | { kind: 'project'; id: string | null }
  | { kind: 'quick-add' }
  | { kind: 'shortcuts' }
  | { kind: 'sign-out' }

/** A short message with, at most, one thing to do about it. */
export type Toast = {
  id: number
  text: string
  action?: { label: string; run: () => void }
  /** Stays until it is answered. */
  isSticky?: boolean
}

const TOAST_MS = 8_000

/** What the page shows besides data: the open sheet and the toasts. `changed` is called after each change. */
export function createUiState(changed: () => void) {
  let sheet: Sheet | null = null
  let toasts: Toast[] = []
  let lastId = 0

  function dismiss(id: number) {
    toasts = toasts.filter(toast => toast.id !== id)
    changed()
  }

  return {
    sheet: () => sheet,
    toasts: () => toasts,
    open(next: Sheet) {
      sheet = next
      changed()
    },
    close() {
      sheet = null
      changed()
    },
    dismiss,
    /** Shows a message; a newer one with the same text takes the place of the older. */
    toast(message: Omit<Toast, 'id'>) {
      const id = ++lastId
      toasts = [...toasts.filter(({ text }) => text !== message.text), { ...message, id }].slice(-3)
      if (!message.isSticky) setTimeout(() => dismiss(id), TOAST_MS)
      changed()
    },
  }
}
export type UiState = ReturnType<typeof createUiState>
