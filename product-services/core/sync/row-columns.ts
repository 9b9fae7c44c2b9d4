import { type Entity, FIELDS, type FieldRule, initialValues } from '@goalixa/rules/fields/fields'
import type { Stamp } from '@goalixa/rules/stamps/stamp'
import type { ReplicaRow } from './replica.ts'
import type { Op } from './sync.schema.ts'

/** A row of a synced table as PostgreSQL returns it. */
export type StoredRow = { id: string; rev: number; stamps: Record<string, Stamp> } & Record<string, unknown>

/** Lists the columns of a synced table that hold fields. */
export function fieldColumns(entity: Entity): string[] {
  return Object.keys(FIELDS[entity])
}

/** Returns the SELECT list that reads each field as the JSON that was written. */
export function selectColumns(entity: Entity): string {
  const fields: [string, FieldRule][] = Object.entries(FIELDS[entity])
  const columns = fields.map(([name, { kind }]) => (kind === 'day' ? `${name}::text AS ${name}` : name))
  return ['id', 'rev::float8 AS rev', 'stamps', ...columns].join(', ')
}

/** Returns the SQL expression of the bytes of a row's texts, the only fields that can be long. */
export function textBytes(entity: Entity): string {
  const fields: [string, FieldRule][] = Object.entries(FIELDS[entity])
  const texts = fields.filter(([, { kind }]) => kind === 'text')
  return texts.map(([name]) => `octet_length(${name})`).join(' + ')
}

/** Converts a stored row to a row in memory, with the fields that were ever set. */
export function toReplicaRow(entity: Entity, stored: StoredRow): ReplicaRow {
  const fields = Object.entries(stored.stamps).map(([field, stamp]) => [
    field,
    { value: toJson(stored[field]), stamp },
  ])
  return { entity, id: stored.id, rev: stored.rev, fields: Object.fromEntries(fields) }
}

/** Converts a row in memory to the columns to store; a field that was never set takes its default. */
export function toColumns(row: ReplicaRow, userId: string): Record<string, unknown> {
  const values = Object.entries(row.fields).map(([field, { value }]) => [field, value])
  const stamps = Object.entries(row.fields).map(([field, { stamp }]) => [field, stamp])
  return {
    user_id: userId,
    id: row.id,
    rev: row.rev,
    stamps: Object.fromEntries(stamps),
    ...initialValues(row.entity),
    ...Object.fromEntries(values),
  }
}

function toJson(value: unknown): Op['value'] {
  return value instanceof Date ? value.toISOString() : (value as Op['value'])
}
