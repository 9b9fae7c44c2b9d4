import type { SignedInApp } from './create-app.ts'
import { findResumableTask } from './data/find-resumable-task.ts'
import type { Task } from './data/records.ts'
import { closeSheet } from './views/sheet.ts'

type Shortcut = { keys: string; label: string; run: (app: SignedInApp) => void }

/** The keyboard shortcuts outside of fields. Two keys are pressed one after the other. */
export const SHORTCUTS: readonly Shortcut[] = [
  { keys: 'n', label: 'Add a task', run: focusQuickAdd },
  { keys: 'j', label: 'Next task', run: () => moveFocus(1) },
  { keys: 'k', label: 'Previous task', run: () => moveFocus(-1) },
  {
    keys: 'x',
    label: 'Complete or reopen the task',
    run: app => withTask(app, app.stage.actions.toggleTask),
  },
  { keys: 's', label: 'Start, stop or resume the timer', run: toggleTimer },
  {
    keys: 'e',
    label: 'Edit the task',
    run: app => withTask(app, ({ id }) => app.ui.open({ kind: 'task', id })),
  },
  { keys: '#', label: 'Delete the task', run: app => withTask(app, app.stage.actions.deleteTask) },
  { keys: 'u', label: 'Undo, or answer the last message', run: undoLast },
  { keys: 'g t', label: 'Go to Today', run: app => app.router.navigate('/today') },
  { keys: 'g p', label: 'Go to Projects', run: app => app.router.navigate('/projects') },
  { keys: 'g i', label: 'Go to Time', run: app => app.router.navigate('/time') },
  { keys: 'g s', label: 'Go to Settings', run: app => app.router.navigate('/settings') },
  { keys: '?', label: 'Show this help', run: app => app.ui.open({ kind: 'shortcuts' }) },
]

const SEQUENCE_MS = 1_200

/** Listens to the keyboard; `current` returns the app while a user is signed in. */
export function listenToKeys(current: () => SignedInApp | undefined): void {
  let first = { key: '', atMs: Number.NEGATIVE_INFINITY }
  document.addEventListener('keydown', event => {
    const app = current()
    if (app === undefined || event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return
    // Checks the dialog itself, because the state is updated a moment after it closes.
    if (document.querySelector('dialog[open]') !== null) {
      if (event.key === '?' && app.ui.sheet()?.kind === 'shortcuts') void closeSheet(app)
      return
    }
    const isSecond = event.timeStamp - first.atMs < SEQUENCE_MS
    const keys = isSecond ? `${first.key} ${event.key}` : event.key
    const pressed = (wanted: string) => SHORTCUTS.find(shortcut => shortcut.keys === wanted)
    const shortcut = pressed(keys) ?? pressed(event.key)
    first = { key: event.key, atMs: event.key === 'g' ? event.timeStamp : Number.NEGATIVE_INFINITY }
    if (shortcut === undefined) return
    event.preventDefault()
    shortcut.run(app)
  })
}

function isTyping({ target }: KeyboardEvent): boolean {
  return target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]')
}

function focusQuickAdd(app: SignedInApp) {
  const field = document.querySelector<HTMLInputElement>('[data-quick-add]')
  if (field === null || !field.checkVisibility()) app.ui.open({ kind: 'quick-add' })
  else field.focus()
}

function moveFocus(step: 1 | -1) {
  const rows = [...document.querySelectorAll('[data-task] .task-open')]
  const at = rows.findIndex(row => row.parentElement?.contains(document.activeElement))
  const next = at === -1 ? rows.at(step === 1 ? 0 : -1) : rows[at + step]
  if (next instanceof HTMLElement) next.focus()
}

function focusedTask(app: SignedInApp): Task | undefined {
  const id = document.activeElement?.closest('[data-task]')?.getAttribute('data-task')
  return app.stage.workspace.records().tasks.find(task => task.id === id)
}

function withTask(app: SignedInApp, run: (task: Task) => void) {
  const task = focusedTask(app)
  if (task !== undefined) run(task)
}

function toggleTimer(app: SignedInApp) {
  const task = focusedTask(app)
  const wanted =
    task === undefined || task.isDone ? findResumableTask(app.stage.workspace.records(), app.now()) : task
  if (wanted === undefined) app.stage.actions.stopTimer()
  else app.stage.actions.toggleTimer(wanted)
}

function undoLast(app: SignedInApp) {
  const toast = app.ui.toasts().findLast(({ action }) => action !== undefined)
  if (toast === undefined) return
  app.ui.dismiss(toast.id)
  toast.action?.run()
}
