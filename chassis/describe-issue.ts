import type { z } from 'zod'

type Issue = z.core.$ZodRawIssue

const CHOICE = new Intl.ListFormat('en-GB', { type: 'disjunction' })

const TYPES: Record<string, string> = {
  string: 'text',
  number: 'a finite number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'an object with named fields',
  record: 'an object with named fields',
  null: 'null',
  date: 'a date',
}

const FORMATS: Record<string, string> = {
  uuid: 'a UUID, for example 01890000-0000-7000-8000-000000000001',
  email: 'an email address',
  url: 'a URL',
  datetime: 'an instant in UTC with milliseconds, for example 2026-03-01T09:00:00.000Z',
  date: 'a calendar day that exists, for example 2026-03-01',
  lowercase: 'lower case',
  json_string: 'JSON',
}

const UNITS: Record<string, string> = {
  string: 'characters',
  array: 'entries',
  set: 'entries',
  map: 'entries',
}

/**
 * Describes what an invalid value should have been, for people: `at most 500 characters`. Pass it to Zod as `error`; a message of the
 * schema's own comes first. This is the only place that words Zod's issues.
 */
export function describeIssue(issue: Issue): string {
  const expected = describeExpectation(issue)
  return issue.input === undefined ? `${expected}; it is missing` : expected
}

function describeExpectation(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return TYPES[issue.expected] ?? 'a valid value'
    case 'too_big':
      return describeLimit(issue, issue.maximum, issue.inclusive === false ? 'less than' : 'at most')
    case 'too_small':
      return issue.origin === 'string' && Number(issue.minimum) === 1
        ? 'text that is not empty'
        : describeLimit(issue, issue.minimum, issue.inclusive === false ? 'more than' : 'at least')
    case 'invalid_format':
      return FORMATS[issue.format] ?? 'text in the documented format'
    case 'not_multiple_of':
      return `a multiple of ${issue.divisor}`
    case 'invalid_value':
      return describeChoice(issue.values.map(String))
    case 'unrecognized_keys':
      return 'no such field'
    case 'invalid_union':
      return 'one of the documented forms of this field'
    default:
      return 'a valid value'
  }
}

function describeLimit({ origin }: Issue, limit: number | bigint, bound: string): string {
  const unit = UNITS[String(origin)]
  const amount = limit.toLocaleString('en')
  return unit === undefined ? `a number, ${bound} ${amount}` : `${bound} ${amount} ${unit}`
}

// `z.stringbool()` accepts ten spellings, of which two are enough for a person.
function describeChoice(values: string[]): string {
  if (values.includes('true') && values.includes('false')) return 'true or false'
  return values.length === 1 ? (values[0] ?? '') : CHOICE.format(values)
}
