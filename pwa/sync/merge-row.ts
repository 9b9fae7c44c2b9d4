import { compareStamps } from '@goalixa/rules/stamps/stamp'
import type { Field, LocalRow } from './replica.ts'

/** Merges two rows: each field takes the newer value. Commutative, associative and idempotent. */
export function mergeRow(local: LocalRow | undefined, incoming: LocalRow): LocalRow {
  if (local === undefined) return { entity: incoming.entity, id: incoming.id, fields: incoming.fields }
  const newer = Object.entries(incoming.fields).filter(([name, field]) => isNewer(field, local.fields[name]))
  return newer.length === 0 ? local : { ...local, fields: { ...local.fields, ...Object.fromEntries(newer) } }
}

function isNewer(field: Field, current: Field | undefined): boolean {
  return current === undefined || compareStamps(field.stamp, current.stamp) > 0
}
