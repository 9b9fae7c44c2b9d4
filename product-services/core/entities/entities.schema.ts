import { pageLimit } from '@goalixa/chassis/page-limit.schema'
import { FIELDS } from '@goalixa/rules/fields/fields'
import { z } from 'zod'
import { FIELD_SCHEMAS, Instant, newNameSchema } from '../sync/fields.schema.ts'

const { deleted: _p, ...projectFields } = FIELD_SCHEMAS.projects
const { deleted: _t, ...taskFields } = FIELD_SCHEMAS.tasks
const { deleted: _e, ...entryFields } = FIELD_SCHEMAS.time_entries

const NewId = z.uuid().lowercase().optional()
const stored = { id: z.string(), rev: z.number().int() }

export const Project = z.object({ ...stored, ...projectFields })
export type Project = z.infer<typeof Project>
export const ProjectChange = z.strictObject(projectFields).partial()
export const NewProject = ProjectChange.extend({ id: NewId, name: newNameSchema(FIELDS.projects.name) })

export const Task = z.object({ ...stored, ...taskFields })
export type Task = z.infer<typeof Task>
export const TaskChange = z.strictObject(taskFields).partial()
export const NewTask = TaskChange.extend({ id: NewId, name: newNameSchema(FIELDS.tasks.name) })

export const TimeEntry = z.object({ ...stored, ...entryFields })
export type TimeEntry = z.infer<typeof TimeEntry>
export const TimeEntryChange = z.strictObject(entryFields).partial()
export const NewTimeEntry = TimeEntryChange.extend({ id: NewId, started_at: Instant })

const Page = z.strictObject({
  /** The last id of the previous page. */
  after: z.uuid().optional(),
  limit: pageLimit(500),
})

/** The filters of each entity's list, one page at a time, ordered by id. */
export const ProjectsQuery = Page.extend({ archived: z.stringbool().optional() })
export const TasksQuery = Page.extend({
  status: FIELD_SCHEMAS.tasks.status.optional(),
  project_id: z.uuid().optional(),
})
export const TimeEntriesQuery = Page.extend({ task_id: z.uuid().optional() })

/** A page of rows and the id that the next page starts after, null at the end. */
export const pageSchema = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), next: z.string().nullable() })
