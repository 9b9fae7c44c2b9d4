import { findRunningEntry } from '@goalixa/rules/time/open-entries'
import { v7 as uuidv7 } from 'uuid'
import type { Edit } from '../sync/edit-rows.ts'
import { cleanName } from './data/clean-name.ts'
import { describeStoreFailure } from './data/describe-store-failure.ts'
import { findEditProblem } from './data/find-edit-problem.ts'
import * as gestures from './data/gestures.ts'
import { parseQuickAdd } from './data/parse-quick-add.ts'
import type { Project, Task, TimeEntry } from './data/records.ts'
import type { Workspace } from './open-workspace.ts'
import type { UiState } from './ui-state.ts'

type Options = { workspace: Workspace; ui: UiState; now: () => number }

/** Creates everything that a person can do with their data. Nothing here waits for the network. */
export function createActions({ workspace, ui, now }: Options) {
  // Lists are ordered by id, and an id begins with its time: a wrong clock must not put a new task below old ones.
  const newId = () => uuidv7({ msecs: Math.floor(now()) })
  const running = () => findRunningEntry(workspace.records().entries, now())
  let failure: number | undefined

  // Returns whether the edits are valid; the form keeps the text of those that are not.
  function save(edits: Edit[]): boolean {
    const problem = findEditProblem(edits)
    if (problem !== undefined) {
      ui.toast({ text: problem })
      return false
    }
    report(workspace.store.edit(edits))
    return true
  }

  function saveAgain() {
    report(workspace.store.storeWaiting())
  }

  function report(stored: Promise<void>) {
    stored.then(
      () => void workspace.syncer.syncNow(),
      error => {
        const shown = ui.toast({
          text: describeStoreFailure(error, workspace.store.waiting()),
          isSticky: true,
          action: { label: 'Try again', run: saveAgain },
        })
        if (workspace.store.countWaiting() > 0) failure = shown
      },
    )
  }

  // Once nothing waits any more, the message is no longer true.
  workspace.store.subscribe(() => {
    if (failure === undefined || workspace.store.countWaiting() > 0) return
    ui.dismiss(failure)
    failure = undefined
  })

  function deleteWithUndo(entity: Edit['entity'], id: string, text: string) {
    save(gestures.setDeleted(entity, id, true))
    ui.toast({
      text,
      action: { label: 'Undo', run: () => save(gestures.setDeleted(entity, id, false)) },
    })
  }

  // What an earlier page could not store.
  if (workspace.store.countWaiting() > 0) saveAgain()

  const actions = {
    /** Adds a task from a line of text; `projectId` is its project unless the line names one. */
    addTask(line: string, projectId: string | null): boolean {
      const parsed = parseQuickAdd(line, workspace.records().projects)
      if (parsed.name === '') return false
      return save(gestures.addTask(newId(), parsed.name, parsed.projectId ?? projectId))
    },
    /** Renames a task; without a name it keeps the one that it has. */
    renameTask(task: Task, text: string): boolean {
      const name = cleanName(text)
      return name === '' || name === task.name || save(gestures.rewriteTask(task.id, { name }))
    },
    noteTask: (task: Task, note: string) => save(gestures.rewriteTask(task.id, { note })),
    moveTask: (task: Task, projectId: string | null) => save(gestures.moveTask(task.id, projectId)),
    toggleTask(task: Task) {
      if (task.isDone) return save(gestures.reopenTask(task))
      if (!save(gestures.completeTask(task, running(), now()))) return
      ui.toast({
        text: `Completed: ${task.name}`,
        action: { label: 'Undo', run: () => save(gestures.reopenTask(task)) },
      })
    },
    deleteTask(task: Task) {
      const current = running()
      if (current?.taskId === task.id) save(gestures.stopTimer(current, now()))
      deleteWithUndo('tasks', task.id, `Deleted: ${task.name}`)
    },
    toggleTimer(task: Task) {
      const current = running()
      if (current?.taskId === task.id) save(gestures.stopTimer(current, now()))
      else save(gestures.startTimer(newId(), task.id, current, now()))
    },
    stopTimer() {
      const current = running()
      if (current !== undefined) save(gestures.stopTimer(current, now()))
    },
    deleteEntry: (entry: Pick<TimeEntry, 'id'>) =>
      deleteWithUndo('time_entries', entry.id, 'Time entry deleted'),
    /** Creates a project and returns its id, undefined if it cannot be saved. */
    addProject(name: string, color: string): string | undefined {
      const id = newId()
      return save(gestures.addProject(id, name, color)) ? id : undefined
    },
    /** Changes a project and returns its id, undefined if it cannot be saved. */
    changeProject: ({ id }: Project, fields: { name?: string; color?: string }): string | undefined =>
      save(gestures.changeProject(id, fields)) ? id : undefined,
    deleteProject: (project: Project) => deleteWithUndo('projects', project.id, `Deleted: ${project.name}`),
  }
  return actions
}
export type Actions = ReturnType<typeof createActions>
