import { z } from 'zod'
import type { Entity } from './sync.schema.ts'

/** An instant in UTC with milliseconds, in the format of `Date.prototype.toISOString`, so that it survives the round trip. */
export const Instant = z.iso.datetime({ precision: 3 }).regex(/^(19|20|21)/, 'a year from 1900 to 2199')
/** A calendar day, `2026-03-01`. */
export const Day = z.iso.date().regex(/^(19|20|21)/, 'a year from 1900 to 2199')

// PostgreSQL can store neither a NUL character nor half of a surrogate pair.
const text = (max: number) =>
  z
    .string()
    .max(max, `at most ${max} characters`)
    .refine(
      value => value.isWellFormed() && !value.includes('\0'),
      'well-formed Unicode text without NUL characters',
    )
const rowId = z.uuid().lowercase()

/** The schema of each field of each synced entity. A field that was never set has its value in `DEFAULTS`. */
export const FIELDS = {
  projects: {
    name: text(200),
    color: z
      .string()
      .regex(/^#[0-9a-f]{6}$/, 'a colour in the form #rrggbb, in lower case')
      .nullable(),
    position: z.string().regex(/^[0-9A-Za-z]{0,64}$/, 'up to 64 letters and digits'),
    archived: z.boolean(),
    deleted: z.boolean(),
  },
  tasks: {
    name: text(500),
    note: text(20_000),
    project_id: rowId.nullable(),
    status: z.enum(['active', 'completed']),
    completed_at: Instant.nullable(),
    priority: z.enum(['high', 'medium', 'low']),
    due: Day.nullable(),
    estimate_s: z.number().int().min(0).max(31_536_000).nullable(),
    position: z.string().regex(/^[0-9A-Za-z]{0,64}$/, 'up to 64 letters and digits'),
    deleted: z.boolean(),
  },
  time_entries: {
    task_id: rowId.nullable(),
    started_at: Instant.nullable(),
    ended_at: Instant.nullable(),
    note: text(2_000),
    deleted: z.boolean(),
  },
} as const satisfies Record<Entity, Record<string, z.ZodType>>

/** The value of a field that was never set. */
export const DEFAULTS = {
  projects: { name: '', color: null, position: '', archived: false, deleted: false },
  tasks: {
    name: '',
    note: '',
    project_id: null,
    status: 'active',
    completed_at: null,
    priority: 'medium',
    due: null,
    estimate_s: null,
    position: '',
    deleted: false,
  },
  time_entries: { task_id: null, started_at: null, ended_at: null, note: '', deleted: false },
} as const satisfies { [E in Entity]: { [F in keyof (typeof FIELDS)[E]]: z.infer<(typeof FIELDS)[E][F]> } }

/** Fields that refer to a row of another entity, which must exist already. */
export const REFERENCES = {
  projects: {},
  tasks: { project_id: 'projects' },
  time_entries: { task_id: 'tasks' },
} as const satisfies Record<Entity, Record<string, Entity>>
