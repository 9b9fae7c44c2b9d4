import { type Entity, isFieldName } from '@goalixa/rules/fields/fields'
import { findFieldProblem } from '@goalixa/rules/fields/find-field-problem'
import type { Edit } from '../../sync/edit-rows.ts'
import { formatDate } from '../format.ts'

/** Returns why the server would reject one of the edits, as a sentence; undefined if it would take them all. */
export function findEditProblem(edits: readonly Edit[]): string | undefined {
  for (const { entity, fields, readings = [] } of edits)
    for (const [field, value] of Object.entries(fields)) {
      const problem = isFieldName(entity, field) ? findFieldProblem(entity, field, value) : 'no such field'
      // Nobody has typed it: the clock has lost its battery, and began at 1970 again.
      if (problem !== undefined && readings.includes(field))
        return `Not saved. This device’s clock says ${formatDate(Date.parse(String(value)))}. Set it, or connect once.`
      if (problem !== undefined)
        return `Not saved. ${NOUNS[entity]} ${field.replaceAll('_', ' ')}: ${problem}.`
    }
  return undefined
}

const NOUNS: Record<Entity, string> = { projects: 'Project', tasks: 'Task', time_entries: 'Time entry' }
