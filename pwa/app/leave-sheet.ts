import { discardDrafts, leaveFields } from './drafts.ts'
import { keepsText } from './views/limited-field.ts'

/**
 * Saves what the fields of a sheet save when they are left, and discards the rest. Returns false, and shows why, if a text
 * cannot be saved: the sheet has to stay open. `discards`: such a text is not wanted any more.
 */
export function leaveSheet(sheet: HTMLElement, { discards = false } = {}): boolean {
  if (!discards && keepsText(sheet)) return false
  leaveFields(sheet)
  if (!discards && keepsText(sheet)) return false
  discardDrafts(sheet)
  return true
}
