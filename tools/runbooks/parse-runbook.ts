import { ExpectedError, type FieldFault } from '@goalixa/chassis/errors'
import { parseDocument } from 'yaml'
import type { z } from 'zod'
import { type Runbook, RunbookCard } from './runbook.ts'
import { validateRunbook } from './validate-runbook.ts'

/** Parses a runbook's Markdown. Throws `invalid` BAD_RUNBOOK, naming the file and each invalid field. */
export function parseRunbook(markdown: string, path: string): Runbook {
  const [, front, body] = /^---\r?\n([\s\S]*?)\r?\n---[^\S\n]*(?:\r?\n([\s\S]*))?$/.exec(markdown) ?? []
  if (front === undefined)
    throw bad(path, [{ field: 'front matter', expected: 'YAML between two lines of "---" at the start' }])
  const document = parseDocument(front)
  const [broken] = document.errors
  if (broken) throw bad(path, [{ field: 'front matter', expected: `YAML: ${broken.message.split('\n')[0]}` }])
  const parsed = RunbookCard.safeParse(document.toJS())
  if (!parsed.success) {
    throw bad(path, parsed.error.issues.flatMap(fieldFaults))
  }
  const faults = validateRunbook(parsed.data)
  if (faults.length > 0) throw bad(path, faults)
  return { ...parsed.data, path, body: (body ?? '').trim() }
}

function fieldFaults(issue: z.core.$ZodIssue): FieldFault[] {
  if (issue.code !== 'unrecognized_keys')
    return [{ field: issue.path.join('.') || 'front matter', expected: issue.message }]
  return issue.keys.map(key => ({ field: [...issue.path, key].join('.'), expected: 'no such field' }))
}

function bad(path: string, fields: FieldFault[]): ExpectedError {
  const message = fields.map(({ field, expected }) => `${field}: ${expected}`).join('; ')
  return new ExpectedError('invalid', 'BAD_RUNBOOK', `${path}: ${message}`, { fields })
}
