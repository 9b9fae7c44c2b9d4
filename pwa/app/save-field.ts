/** A field reports with this event that its text is saved: its draft is not needed any more. */
export const SAVED = 'gx-saved'

/** Saves a field that the person has left, unless its text is invalid. Until `save` returns true its draft stays. */
export function saveField({ target: field }: Event, save: (text: string) => boolean): void {
  const isField = field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement
  if (!isField || !field.validity.valid) return
  if (save(field.value)) field.dispatchEvent(new Event(SAVED, { bubbles: true }))
  else field.setCustomValidity('Not saved. Change the text, then try again.')
}
