import { createHash } from 'node:crypto'
import type { FieldFault } from '@goalixa/chassis/errors'
import type { Problem } from '@goalixa/chassis/problem'
import { sanitizeTextForPostgres } from '../storage/sanitize-for-jsonb.ts'

// Enough to find the rule that sends it; an invalid alert may be of any size.
const MAX_LABELS = 30
const MAX_FIELDS = 10
const LONGEST = 200

/** A rejected alert as it is stored: its labels, and what was expected instead. */
export type RejectedAlert = { id: string; labels: Record<string, string>; fields: FieldFault[] }

/** What is stored of a rejected alert: its labels that are text, and the invalid fields, all truncated. */
export function rejectedAlertOf(sent: unknown, faults: readonly FieldFault[]): RejectedAlert {
  const labels = Object.fromEntries(labelsOf(sent).map(([name, value]) => [short(name), short(value)]))
  const fields = faults
    .slice(0, MAX_FIELDS)
    .map(({ field, expected }) => ({ field: short(field), expected: short(expected) }))
  const id = createHash('sha256')
    .update(JSON.stringify([labels, fields]))
    .digest('hex')
    .slice(0, 32)
  return { id, labels, fields }
}

/** What is stored of a delivery that was rejected as a whole: the labels that its alerts have in common, if they can be read, and what was wrong. */
export function rejectedDeliveryOf(sent: unknown, { detail, fields }: Problem): RejectedAlert {
  const common = isObject(sent) && isObject(sent.commonLabels) ? sent.commonLabels : {}
  const labels = { ...common, delivery: 'rejected as a whole' }
  return rejectedAlertOf({ labels }, fields ?? [{ field: '(body)', expected: detail ?? 'a valid delivery' }])
}

function labelsOf(sent: unknown): [string, string][] {
  const labels = isObject(sent) && isObject(sent.labels) ? Object.entries(sent.labels) : []
  return (
    labels
      .filter((entry): entry is [string, string] => typeof entry[1] === 'string')
      .slice(0, MAX_LABELS)
      // The same for any order of labels.
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
  )
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function short(text: string): string {
  return sanitizeTextForPostgres(text.slice(0, LONGEST))
}
