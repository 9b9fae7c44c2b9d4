import { html } from 'lit-html'
import type { SignedInApp } from '../create-app.ts'
import { parseQuickAdd } from '../data/parse-quick-add.ts'
import { SAVED } from '../save-field.ts'
import { icon } from './icon.ts'
import { limitedField } from './limited-field.ts'

/** Renders the field that turns a line into a task; it keeps the focus for the next one. */
export function addTaskForm(app: SignedInApp, projectId: string | null, { hint }: { hint: string }) {
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const form = event.currentTarget
    const field = form instanceof HTMLFormElement ? form.elements.namedItem('name') : null
    if (!(field instanceof HTMLInputElement)) return
    if (!app.stage.actions.addTask(field.value, projectId)) return
    field.value = ''
    // At once: the page is drawn before the form reports that it was submitted, and drafts are restored when it is drawn.
    field.dispatchEvent(new Event(SAVED, { bubbles: true }))
  }
  const { projects } = app.stage.workspace.records()
  const limit = limitedField('tasks', 'name', line => parseQuickAdd(line, projects).name)
  return html`<form class="add" @submit=${submit}>
    ${icon('plus')}
    <input
      name="name"
      data-quick-add
      data-draft="form/new-task/${projectId ?? 'today'}"
      aria-label="Add a task"
      placeholder=${hint}
      autocomplete="off"
      dir="auto"
      enterkeyhint="done"
      @input=${limit.check}
    />
    ${limit.hint}
    <kbd aria-hidden="true">N</kbd>
    <button class="button" type="submit">Add</button>
  </form>`
}
