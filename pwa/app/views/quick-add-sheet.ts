import { html } from 'lit-html'
import type { SignedInApp } from '../create-app.ts'
import { parseQuickAdd } from '../data/parse-quick-add.ts'
import { limitedField } from './limited-field.ts'
import { closeSheet, sheet } from './sheet.ts'

/** Renders the form that adds a task from any page. */
export function quickAddSheet(app: SignedInApp) {
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    if (!(event.currentTarget instanceof HTMLFormElement)) return
    const line = String(new FormData(event.currentTarget).get('name'))
    const route = app.router.current()
    if (!app.stage.actions.addTask(line, route.name === 'project' ? route.id : null)) return
    await closeSheet(app)
    app.ui.toast({ text: 'Task added' })
  }
  const { projects } = app.stage.workspace.records()
  const limit = limitedField('tasks', 'name', line => parseQuickAdd(line, projects).name)
  return sheet({
    title: 'New task',
    kind: 'middle',
    app,
    body: html`<form @submit=${submit}>
      <label class="field">
        <span>What needs doing? <span class="quiet">#name sets the project</span></span>
        <input name="name" data-draft="form/quick-add" autocomplete="off" autofocus dir="auto" enterkeyhint="done" @input=${limit.check} />
        ${limit.hint}
      </label>
      <div class="sheet-actions"><button class="button button-primary">Add task</button></div>
    </form>`,
  })
}
