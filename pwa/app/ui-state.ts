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

/** Long enough to reach for what it offers. */
const OFFER_MS = 8_000
const NOTE_MS = 4_000
const MOST = 3

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
      const others = toasts.filter(({ text }) => text !== message.text)
      const passing = others.filter(({ isSticky }) => !isSticky).slice(1 - MOST)
      toasts = [...others.filter(toast => toast.isSticky || passing.includes(toast)), { ...message, id }]
      if (!message.isSticky) setTimeout(() => dismiss(id), message.action ? OFFER_MS : NOTE_MS)
      changed()
    },
  }
}
export type UiState = ReturnType<typeof createUiState>
