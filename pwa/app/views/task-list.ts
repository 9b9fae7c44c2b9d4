import { html } from 'lit-html'
import { repeat } from 'lit-html/directives/repeat.js'
import type { SignedInApp } from '../create-app.ts'
import type { Task } from '../data/records.ts'
import type { DaySummary } from '../data/summarise-day.ts'
import { taskRow } from './task-row.ts'

/** Renders a list of tasks, each with the time tracked today. */
export function taskList(
  app: SignedInApp,
  tasks: readonly Task[],
  day: DaySummary,
  { label, showsProject = true }: { label: string; showsProject?: boolean },
) {
  const projects = new Map(app.stage.workspace.records().projects.map(project => [project.id, project]))
  return html`<ul class="tasks" role="list" aria-label=${label}>
    ${repeat(
      tasks,
      task => task.id,
      task =>
        taskRow({
          app,
          task,
          project: showsProject ? projects.get(task.projectId ?? '') : undefined,
          sinceMs: day.running?.taskId === task.id ? day.sinceMs : null,
          seconds: day.secondsOfTask.get(task.id) ?? 0,
        }),
    )}
  </ul>`
}
