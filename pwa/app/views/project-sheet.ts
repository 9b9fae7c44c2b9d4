import { html, nothing } from 'lit-html'
import type { SignedInApp } from '../create-app.ts'
import { cleanName } from '../data/clean-name.ts'
import type { Project } from '../data/records.ts'
import { PROJECT_COLORS } from '../project-colors.ts'
import { icon } from './icon.ts'
import { limitedField } from './limited-field.ts'
import { closeSheet, sheet } from './sheet.ts'

/** Renders the form that creates a project (`id` null) or changes one. */
export function projectSheet(app: SignedInApp, id: string | null) {
  const { projects } = app.stage.workspace.records()
  const project = projects.find(other => other.id === id)
  if (id !== null && project === undefined) return nothing
  return sheet({
    title: project ? 'Edit project' : 'New project',
    kind: 'middle',
    app,
    body: projectForm(app, project, projects.length),
  })
}

function projectForm(app: SignedInApp, project: Project | undefined, existing: number) {
  const suggested = PROJECT_COLORS[existing % PROJECT_COLORS.length]
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    if (!(event.currentTarget instanceof HTMLFormElement)) return
    const data = new FormData(event.currentTarget)
    const [name, color] = [cleanName(String(data.get('name'))), String(data.get('color'))]
    if (name === '') return
    const { actions } = app.stage
    const id = project ? actions.changeProject(project, { name, color }) : actions.addProject(name, color)
    if (id === undefined) return
    await closeSheet(app)
    if (!project) app.router.navigate(`/projects/${id}`)
  }
  const limit = limitedField('projects', 'name', cleanName)
  return html`<form @submit=${submit}>
    <label class="field">
      <span>Name</span>
      <input name="name" data-draft="form/project/${project?.id ?? 'new'}" required autocomplete="off" autofocus dir="auto" .value=${project?.name ?? ''} @input=${limit.check} />
      ${limit.hint}
    </label>
    <fieldset class="swatches">
      <legend>Colour</legend>
      ${PROJECT_COLORS.map(
        ({ color, label }) => html`<label title=${label}>
          <input type="radio" name="color" value=${color} .checked=${color === (project?.color ?? suggested?.color)} />
          <svg viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="9" fill=${color} /></svg>
          <span class="hidden">${label}</span>
        </label>`,
      )}
    </fieldset>
    <div class="sheet-actions">
      ${
        project
          ? html`<button
              type="button"
              class="button button-danger"
              @click=${async () => {
                await closeSheet(app)
                app.stage.actions.deleteProject(project)
                app.router.navigate('/projects')
              }}
            >
              ${icon('trash')} Delete
            </button>`
          : nothing
      }
      <button class="button button-primary">${project ? 'Save' : 'Create project'}</button>
    </div>
  </form>`
}
