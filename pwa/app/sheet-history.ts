import { leaveSheet } from './leave-sheet.ts'

/** A dialog above the page. */
export type Sheet =
  | { kind: 'task'; id: string }
  | { kind: 'project'; id: string | null }
  | { kind: 'quick-add' }
  | { kind: 'shortcuts' }
  | { kind: 'sign-out' }

/** Where the browser keeps the sheet of a page: in the state of the page's entry in the history. */
type EntryState = { sheet?: Sheet } | null

/**
 * Creates the open sheet as an entry of its own in the browser's history: Back closes it before it leaves the page,
 * Forward and a reload show it again. Nothing else holds the sheet, so that the two cannot differ. `changed` is called
 * after each change.
 */
export function createSheetHistory(changed: () => void) {
  const current = (): Sheet | null => (history.state as EntryState)?.sheet ?? null
  let closing: PromiseWithResolvers<void> | undefined

  function closed() {
    closing?.resolve()
    closing = undefined
  }

  addEventListener('popstate', event => {
    const dialog = document.querySelector<HTMLDialogElement>('dialog[open]')
    // Before the page is drawn without it: a field reports its change when it loses the focus. Back and forth, because a
    // text that cannot be saved has kept its sheet open.
    if (dialog !== null && !leaveSheet(dialog)) {
      if (current() === null) history.forward()
      event.stopImmediatePropagation()
      return closed()
    }
    // Only a dialog that is closed gives the focus back.
    dialog?.close()
    changed()
    closed()
  })

  return {
    current,
    open(sheet: Sheet) {
      const state = { sheet } satisfies EntryState
      if (current() === null) history.pushState(state, '')
      else history.replaceState(state, '')
      changed()
    },
    /** Goes back to the entry of the page alone. Resolves once that has happened, or a text that cannot be saved has kept the sheet open. */
    close(): Promise<void> {
      if (current() === null) return Promise.resolve()
      if (closing === undefined) {
        closing = Promise.withResolvers()
        history.back()
      }
      return closing.promise
    },
  }
}
