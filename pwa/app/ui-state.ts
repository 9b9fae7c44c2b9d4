import { createSheetHistory } from './sheet-history.ts'

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
  const sheets = createSheetHistory(changed)
  let toasts: Toast[] = []
  let lastId = 0

  function dismiss(id: number) {
    toasts = toasts.filter(toast => toast.id !== id)
    changed()
  }

  return {
    sheet: sheets.current,
    toasts: () => toasts,
    open: sheets.open,
    /** Closes the sheet. Resolves once the page has no sheet any more. */
    close: sheets.close,
    dismiss,
    /** Shows a message, which replaces an older one with the same text, and returns its id. */
    toast(message: Omit<Toast, 'id'>): number {
      const id = ++lastId
      const others = toasts.filter(({ text }) => text !== message.text)
      const passing = others.filter(({ isSticky }) => !isSticky).slice(1 - MAX_TOASTS)
      toasts = [...others.filter(toast => toast.isSticky || passing.includes(toast)), { ...message, id }]
      if (!message.isSticky) setTimeout(() => dismiss(id), message.action ? ACTION_TOAST_MS : TOAST_MS)
      changed()
      return id
    },
  }
}
export type UiState = ReturnType<typeof createUiState>
