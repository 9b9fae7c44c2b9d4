import type { Clock } from '@goalixa/rules/stamps/hybrid-logical-clock'
import type { Stamp } from '@goalixa/rules/stamps/stamp'
import type { Entity, Op } from './sync.schema.ts'

type Value = Op['value']

/** The client id of ops that the server writes itself. */
export const SERVER = 'server'

/** A row in memory: the fields that were ever set, and the user's head at its last change (0: not stored yet). */
export type ReplicaRow = {
  entity: Entity
  id: string
  rev: number
  fields: Record<string, { value: Value; stamp: Stamp }>
}

/** An op in the log; a malformed one has only its number, its client and the whole op as its value. */
export type LoggedOp = Pick<Op, 'seq' | 'value'> &
  Partial<Op> & { clientId: string; rejectCode?: string; rejectReason?: string }

export type Conflict = {
  entity: Entity
  id: string
  field: string
  lost: { value: Value; stamp: Stamp }
  won: { value: Value; stamp: Stamp }
}

/**
 * The part of one user's data that a transaction works on, and what it has to write back: changed rows, logged ops and
 * conflicts. Plain data, so that applying ops needs no database.
 */
export type Replica = {
  head: number
  /** Never behind a stamp of the user's data, whoever wrote it. */
  clock: Clock
  rows: Map<string, ReplicaRow>
  changed: Set<ReplicaRow>
  log: LoggedOp[]
  conflicts: Conflict[]
}

/** Returns the key of a row in `Replica.rows`. */
export function rowKey(entity: Entity, id: string): string {
  return `${entity}/${id}`
}
