import { z } from 'zod'
import { TimeEntry } from '../entities/entities.schema.ts'
import { FIELD_SCHEMAS } from '../sync/fields.schema.ts'

/** The task that the time is for, if any. */
export const StartTimer = z
  .strictObject({ task_id: FIELD_SCHEMAS.time_entries.task_id, note: FIELD_SCHEMAS.time_entries.note })
  .partial()

/** The running entry, or null. */
export const Timer = z.object({ entry: TimeEntry.nullable() })
export type Timer = z.infer<typeof Timer>
