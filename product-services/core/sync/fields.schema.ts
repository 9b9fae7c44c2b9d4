import { type Entity, FIELDS, type FieldRule, type FieldValue } from '@goalixa/rules/fields/fields'
import { findValueProblem } from '@goalixa/rules/fields/find-field-problem'
import { FORMATS } from '@goalixa/rules/fields/formats'
import { z } from 'zod'

type Schemas<E extends Entity> = {
  -readonly [F in keyof (typeof FIELDS)[E]]: (typeof FIELDS)[E][F] extends infer R extends FieldRule
    ? z.ZodType<FieldValue<R>>
    : never
}

/** The schema of each field of each synced entity, built from the rules that the app validates with. */
export const FIELD_SCHEMAS = {
  projects: schemasOf('projects'),
  tasks: schemasOf('tasks'),
  time_entries: schemasOf('time_entries'),
}

/** An instant in UTC with milliseconds, in the format of `Date.prototype.toISOString`, so that it survives the round trip. */
export const Instant = requireValue({ kind: 'instant', initial: null })
/** A calendar day, `2026-03-01`. */
export const Day = requireValue({ kind: 'day', initial: null })

/** The name of a row that is created: trimmed, and not empty. */
export function newNameSchema({ max }: { max: number }) {
  const rule = { kind: 'text', max, initial: '' } as const
  return z
    .string({ error: () => 'a name' })
    .trim()
    .min(1, 'a name')
    .superRefine(checkedBy(rule))
    .meta({ maxLength: max })
}

function schemasOf<E extends Entity>(entity: E): Schemas<E> {
  const rules: [string, FieldRule][] = Object.entries(FIELDS[entity])
  return Object.fromEntries(rules.map(([name, rule]) => [name, schemaOf(rule)])) as Schemas<E>
}

function schemaOf(rule: FieldRule): z.ZodType {
  const schema = requireValue(rule)
  return rule.initial === null ? schema.nullable() : schema
}

// The rule decides and words the error, so that REST, sync and the app agree; the type and `meta` are for OpenAPI.
function requireValue<R extends FieldRule>(rule: R): z.ZodType<Exclude<FieldValue<R>, null>>
function requireValue(rule: FieldRule): z.ZodType {
  const error = ({ input }: { input?: unknown }) => findValueProblem(rule, input) ?? 'a value'
  switch (rule.kind) {
    case 'text':
      return z.string({ error }).superRefine(checkedBy(rule)).meta({ maxLength: rule.max })
    case 'choice':
      return z.enum(rule.choices, { error })
    case 'flag':
      return z.boolean({ error })
    case 'integer':
      return z
        .number({ error })
        .superRefine(checkedBy(rule))
        .meta({ type: 'integer', minimum: rule.min, maximum: rule.max })
    default:
      return z
        .string({ error })
        .superRefine(checkedBy(rule))
        .meta({ pattern: FORMATS[rule.kind].pattern.source })
  }
}

function checkedBy(rule: FieldRule) {
  return (value: unknown, context: z.RefinementCtx) => {
    const message = findValueProblem(rule, value)
    if (message !== undefined) context.addIssue({ code: 'custom', message })
  }
}
