import { z } from 'zod'
import type { Entity } from './sync.schema.ts'

/** An instant in UTC with milliseconds, exactly as `Date.prototype.toISOString` writes it, so it survives the round trip. */
export const Instant = z.iso.datetime({ precision: 3 }).regex(/^(19|20|21)/, 'a year from 1900 to 2199')
/** A calendar day, `2026-03-01`. */
export const Day = z.iso.date().regex(/^(19|20|21)/, 'a year from 1900 to 2199')

// PostgreSQL can not store a NUL character nor half of a surrogate pair.
const text = (max: number) =>
  z
    .string()
    .max(max, `at most ${max} characters`)
    .refine(
      value => value.isWellFormed() && !value.includes('\0'),
      'text of whole Unicode characters without NUL',
    )
const rowId = z.uuid().lowercase()

/** What may be written into each field of each synced entity. A field that was never set has the default beside it. */
export const FIELDS = {
  projects: {
    name: text(200),
    color: z
      .string()
      .regex(/^#[0-9a-f]{6}$/, 'a colour as #rrggbb in lower case')
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

/** What a field that nobody has set reads as. */
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

/** Fields that name a row of another entity. Such a row must be there already. */
export const REFERENCES = {
  projects: {},
  tasks: { project_id: 'projects' },
  time_entries: { task_id: 'tasks' },
} as const satisfies Record<Entity, Record<string, Entity>>
