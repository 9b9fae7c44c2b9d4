/** A dialog above the page. */
export type Sheet =
  | { kind: 'task'; id: string }
  | { kind: 'project'; id: string | null }
  | { kind: 'quick-add' }
  | { kind: 'shortcuts' }
  | { kind: 'sign-out' }

/** A short message with at most one action. */
export type Toast = {
  id: number
  text: string
  action?: { label: string; run: () => void }
  /** Stays until the person dismisses it or runs its action. */
  isSticky?: boolean
}

/** Long enough to reach the button of the action. */
const ACTION_TOAST_MS = 8_000
const TOAST_MS = 4_000
const MAX_TOASTS = 3

/** Creates the state of the page besides data: the open sheet and the toasts. `changed` is called after each change. */
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
    /** Shows a message; it replaces an older one with the same text. */
    toast(message: Omit<Toast, 'id'>) {
      const id = ++lastId
      const others = toasts.filter(({ text }) => text !== message.text)
      const passing = others.filter(({ isSticky }) => !isSticky).slice(1 - MAX_TOASTS)
      toasts = [...others.filter(toast => toast.isSticky || passing.includes(toast)), { ...message, id }]
      if (!message.isSticky) setTimeout(() => dismiss(id), message.action ? ACTION_TOAST_MS : TOAST_MS)
      changed()
    },
  }
}
export type UiState = ReturnType<typeof createUiState>
