import { type Entity, isFieldName } from '@goalixa/rules/fields/fields'
import { findFieldProblem } from '@goalixa/rules/fields/find-field-problem'
import type { Edit } from '../../sync/edit-rows.ts'

/** Returns why the server would reject one of the edits, as a sentence; undefined if it would take them all. */
export function findEditProblem(edits: readonly Edit[]): string | undefined {
  for (const { entity, fields } of edits)
    for (const [field, value] of Object.entries(fields)) {
      const problem = isFieldName(entity, field) ? findFieldProblem(entity, field, value) : 'no such field'
      if (problem !== undefined)
        return `Not saved. ${NOUNS[entity]} ${field.replaceAll('_', ' ')}: ${problem}.`
    }
  return undefined
}

const NOUNS: Record<Entity, string> = { projects: 'Project', tasks: 'Task', time_entries: 'Time entry' }
