import { z } from 'zod'
import { FIELDS, Instant } from '../sync/fields.schema.ts'

const { deleted: _p, ...projectFields } = FIELDS.projects
const { deleted: _t, ...taskFields } = FIELDS.tasks
const { deleted: _e, ...entryFields } = FIELDS.time_entries

const NewId = z.uuid().lowercase().optional()
const name = (max: number) => z.string().trim().min(1, 'a name').max(max)
const stored = { id: z.string(), rev: z.number().int() }

export const Project = z.object({ ...stored, ...projectFields })
export type Project = z.infer<typeof Project>
export const ProjectChange = z.strictObject(projectFields).partial()
export const NewProject = ProjectChange.extend({ id: NewId, name: name(200) })

export const Task = z.object({ ...stored, ...taskFields })
export type Task = z.infer<typeof Task>
export const TaskChange = z.strictObject(taskFields).partial()
export const NewTask = TaskChange.extend({ id: NewId, name: name(500) })

export const TimeEntry = z.object({ ...stored, ...entryFields })
export type TimeEntry = z.infer<typeof TimeEntry>
export const TimeEntryChange = z.strictObject(entryFields).partial()
export const NewTimeEntry = TimeEntryChange.extend({ id: NewId, started_at: Instant })

const Page = z.strictObject({
  /** The last id of the previous page. */
  after: z.uuid().optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(500),
})

/** The filters of each entity's list, one page at a time, ordered by id. */
export const ProjectsQuery = Page.extend({ archived: z.stringbool().optional() })
export const TasksQuery = Page.extend({
  status: FIELDS.tasks.status.optional(),
  project_id: z.uuid().optional(),
})
export const TimeEntriesQuery = Page.extend({ task_id: z.uuid().optional() })

/** A page of rows and the id that the next page starts after, null at the end. */
export const pageSchema = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), next: z.string().nullable() })
