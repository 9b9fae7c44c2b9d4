import type { UserStorage } from '../store/user-storage.ts'
import { SAVED } from './save-field.ts'

type Field = HTMLInputElement | HTMLTextAreaElement

/** The text of a field that is not saved yet, and the value that the field had when the person began. */
type Draft = { text: string; base: string }

/** What a field shows: under which name its draft is kept, the value that the page gave it, and its text at last. */
type Shown = { name: string; base: string; text: string }

type Options = {
  texts: UserStorage
  /** Called if the value of a field has changed since the person began to type; `use` puts the draft into the field. */
  onOutdated: (use: () => void) => void
}

/** The drafts of fields that are saved with their form; all others are saved when they change. */
const OF_FORM = 'form/'

/**
 * Creates the drafts of a user: what is typed into a field with `data-draft` is kept under that name with each key press,
 * and is in the field again after the page was reloaded, closed or has crashed, until it is saved or discarded.
 */
export function createDrafts({ texts, onOutdated }: Options) {
  const shown = new WeakMap<Field, Shown>()
  const offered = new Set<string>()

  function read(name: string): Draft | undefined {
    try {
      const { text, base } = JSON.parse(texts.get(name) ?? '{}') as Partial<Draft>
      return typeof text === 'string' && typeof base === 'string' ? { text, base } : undefined
    } catch {
      return undefined
    }
  }

  function restore(field: Field) {
    const name = field.dataset.draft ?? ''
    const before = shown.get(field)
    // The same field on the page of another record.
    if (before !== undefined && before.name !== name && name.startsWith(OF_FORM)) field.value = ''
    if (before?.name === name && before.text === field.value) return
    const base = field.value
    shown.set(field, { name, base, text: base })
    const draft = read(name)
    if (draft === undefined) return
    if (draft.text === base) texts.remove(name)
    else if (draft.base === base) use(field, draft)
    else offer(field, draft)
  }

  function use(field: Field, { text }: Draft) {
    field.value = text
    // The browser reports no change of a text that nobody has typed: see `reportRestored`.
    if (!field.dataset.draft?.startsWith(OF_FORM)) field.dataset.restored = ''
    field.dispatchEvent(new Event('input', { bubbles: true }))
  }

  function offer(field: Field, draft: Draft) {
    const key = `${field.dataset.draft} ${draft.text}`
    if (offered.has(key)) return
    offered.add(key)
    onOutdated(() => {
      if (!field.isConnected) return offered.delete(key)
      field.focus()
      return use(field, draft)
    })
  }

  function forget(field: Field) {
    const state = shown.get(field)
    if (state === undefined) return
    if (read(state.name)?.text === state.text) texts.remove(state.name)
    shown.set(field, { ...state, base: field.value, text: field.value })
  }

  return {
    /** Puts the drafts into the fields that the page has drawn. */
    restore: (root: ParentNode) => fieldsIn(root).forEach(restore),
    typed(field: Field) {
      const { name, base } = shown.get(field) ?? { name: field.dataset.draft ?? '', base: '' }
      shown.set(field, { name, base, text: field.value })
      if (field.value === base) texts.remove(name)
      else texts.set(name, JSON.stringify({ text: field.value, base } satisfies Draft))
    },
    /** The field has been left; if its text could be saved, it is. */
    changed(field: Field) {
      delete field.dataset.restored
    },
    saved: forget,
    /** The form has been submitted; it has emptied the fields that it has saved. */
    submitted: (form: ParentNode) =>
      fieldsIn(form)
        .filter(({ value }) => value === '')
        .forEach(forget),
    /** The person has left a sheet: what it has not saved is discarded. */
    discarded: (sheet: ParentNode) => fieldsIn(sheet).forEach(forget),
    /** Another tab has saved or discarded a draft, which this one may show too. */
    removedElsewhere(root: ParentNode, text: string) {
      for (const field of fieldsIn(root)) {
        const state = shown.get(field)
        if (state === undefined || field === document.activeElement || state.text === state.base) continue
        if (texts.get(state.name) !== null || state.text !== text) continue
        field.value = state.base
        shown.set(field, { ...state, text: state.base })
      }
    },
  }
}
export type Drafts = ReturnType<typeof createDrafts>

/** Keeps the drafts of the fields in `root`; `current` returns the drafts of the user who is signed in. */
export function listenToDrafts(root: HTMLElement, current: () => Drafts | undefined): void {
  const onField = (run: (drafts: Drafts, field: Field) => void) => (event: Event) => {
    const drafts = current()
    if (drafts !== undefined && isField(event.target) && event.target.dataset.draft) run(drafts, event.target)
  }
  const onPart = (run: (drafts: Drafts, part: Element) => void) => (event: Event) => {
    const drafts = current()
    if (drafts !== undefined && event.target instanceof Element) run(drafts, event.target)
  }
  root.addEventListener(
    'input',
    onField((drafts, field) => drafts.typed(field)),
  )
  root.addEventListener(
    'change',
    onField((drafts, field) => drafts.changed(field)),
  )
  root.addEventListener(
    SAVED,
    onField((drafts, field) => drafts.saved(field)),
  )
  root.addEventListener(
    'focusout',
    onField((_drafts, field) => reportRestored(field)),
  )
  root.addEventListener(
    'submit',
    onPart((drafts, form) => drafts.submitted(form)),
  )
  root.addEventListener(
    DISCARD,
    onPart((drafts, sheet) => drafts.discarded(sheet)),
  )
  addEventListener('storage', ({ newValue, oldValue }) => {
    if (newValue === null && oldValue !== null) current()?.removedElsewhere(root, textIn(oldValue))
  })
}

/** Saves what the fields of a sheet save when they are left. */
export function leaveFields(sheet: HTMLElement): void {
  for (const field of fieldsIn(sheet)) reportRestored(field)
  // A field reports its change when it loses the focus.
  const { activeElement } = document
  if (activeElement instanceof HTMLElement && sheet.contains(activeElement)) activeElement.blur()
}

/** Discards the drafts of a sheet: what it has not saved is not wanted. */
export function discardDrafts(sheet: HTMLElement): void {
  sheet.dispatchEvent(new Event(DISCARD, { bubbles: true }))
}

const DISCARD = 'gx-discard'

function reportRestored(field: Field) {
  if (field.dataset.restored === undefined) return
  delete field.dataset.restored
  field.dispatchEvent(new Event('change', { bubbles: true }))
}

function fieldsIn(root: ParentNode): Field[] {
  return [...root.querySelectorAll('[data-draft]')].filter(isField)
}

function isField(target: unknown): target is Field {
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement
}

function textIn(draft: string): string {
  try {
    return (JSON.parse(draft) as Draft).text
  } catch {
    return ''
  }
}
