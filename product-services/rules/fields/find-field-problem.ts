import { countCharacters } from './count-characters.ts'
import { type Entity, FIELDS, type FieldName, type FieldRule } from './fields.ts'
import { FORMATS } from './formats.ts'

/**
 * Describes what was expected of a field's invalid value, in words for people, with the limit: `at most 500 characters; this has
 * 734`. Undefined if the value is valid.
 */
export function findFieldProblem<E extends Entity>(
  entity: E,
  field: FieldName<E>,
  value: unknown,
): string | undefined {
  const rules: Record<PropertyKey, FieldRule> = FIELDS[entity]
  const rule = rules[field]
  if (rule === undefined) return 'no such field'
  return value === null && rule.initial === null ? undefined : findValueProblem(rule, value)
}

/** Describes what was expected of a value that must not be null; undefined if the value is valid. */
export function findValueProblem(rule: FieldRule, value: unknown): string | undefined {
  switch (rule.kind) {
    case 'text':
      return typeof value === 'string' ? findTextProblem(value, rule.max) : 'text'
    case 'choice':
      return typeof value === 'string' && rule.choices.includes(value)
        ? undefined
        : `one of ${rule.choices.join(', ')}`
    case 'flag':
      return typeof value === 'boolean' ? undefined : 'true or false'
    case 'integer':
      return isIntegerWithin(value, rule)
        ? undefined
        : `a whole number from ${formatNumber(rule.min)} to ${formatNumber(rule.max)}`
    default:
      return isOfFormat(value, rule.kind) ? undefined : FORMATS[rule.kind].words
  }
}

function isOfFormat(value: unknown, kind: keyof typeof FORMATS): boolean {
  if (typeof value !== 'string' || !FORMATS[kind].pattern.test(value)) return false
  if (kind === 'instant') return isInCalendar(value)
  return kind !== 'day' || isInCalendar(`${value}T00:00:00.000Z`)
}

// JavaScript reads 30 February as 2 March.
function isInCalendar(instant: string): boolean {
  const ms = Date.parse(instant)
  return Number.isFinite(ms) && new Date(ms).toISOString() === instant
}

// PostgreSQL can store neither a NUL character nor half of a surrogate pair.
function findTextProblem(value: string, max: number): string | undefined {
  if (!value.isWellFormed()) return 'text of whole characters; this has half of a surrogate pair'
  if (value.includes('\0')) return 'text without NUL characters'
  // There are at least as many code units as characters.
  const length = value.length <= max ? value.length : countCharacters(value)
  if (length <= max) return undefined
  return `at most ${formatNumber(max)} characters; this has ${formatNumber(length)}`
}

function isIntegerWithin(value: unknown, { min, max }: { min: number; max: number }): boolean {
  return Number.isInteger(value) && Number(value) >= min && Number(value) <= max
}

function formatNumber(value: number): string {
  return value.toLocaleString('en')
}
