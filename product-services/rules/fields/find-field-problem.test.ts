import { expect, it } from 'vitest'
import { FIELDS } from './fields.ts'
import { findFieldProblem } from './find-field-problem.ts'

it.each([
  ['x'.repeat(500), undefined],
  ['x'.repeat(734), 'at most 500 characters; this has 734'],
  // An emoji is one character, though JavaScript counts two; a letter of any script is one.
  ['👍'.repeat(500), undefined],
  ['👍'.repeat(501), 'at most 500 characters; this has 501'],
  ['س'.repeat(500), undefined],
  ['half \ud83d', 'text of whole characters; this has half of a surrogate pair'],
  ['a\0b', 'text without NUL characters'],
  [7, 'text'],
  [null, 'text'],
])('a task’s name: %j', (value, problem) => {
  expect(findFieldProblem('tasks', 'name', value)).toBe(problem)
})

it('the error names the limit of the field as people write it', () => {
  const note = 'n'.repeat(FIELDS.tasks.note.max + 1)
  expect(findFieldProblem('tasks', 'note', note)).toBe('at most 20,000 characters; this has 20,001')
  expect(findFieldProblem('tasks', 'estimate_s', -1)).toBe('a whole number from 0 to 31,536,000')
  expect(findFieldProblem('tasks', 'priority', ['high'])).toBe('one of high, medium, low')
})

it.each([
  ['2026-03-01T09:30:00.000Z', true],
  ['2024-02-29T23:59:59.999Z', true],
  ['2026-02-29T00:00:00.000Z', false],
  ['2026-03-01T24:00:00.000Z', false],
  ['2026-03-01T09:30:00Z', false],
  ['2026-03-01T09:30:00.000+01:00', false],
  ['0226-03-01T09:30:00.000Z', false],
  [null, true],
  [1_772_357_400_000, false],
])('an instant: %j', (value, isValid) => {
  expect(findFieldProblem('time_entries', 'started_at', value) === undefined).toBe(isValid)
})

it.each([
  ['due', '2026-02-28', true],
  ['due', '2026-02-30', false],
  ['estimate_s', 0, true],
  ['estimate_s', 1.5, false],
  ['estimate_s', '60', false],
  ['project_id', '019a0000-0000-7000-8000-000000000001', true],
  ['project_id', '019A0000-0000-7000-8000-000000000001', false],
  ['project_id', '019a0000-0000-7000-c000-000000000001', false],
  ['deleted', null, false],
] as const)('%s: %j', (field, value, isValid) => {
  expect(findFieldProblem('tasks', field, value) === undefined).toBe(isValid)
})
