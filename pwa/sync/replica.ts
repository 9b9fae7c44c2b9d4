import type { Entity, Op, Stamp } from '@goalixa/core/sync/sync.schema'
import type { Clock } from './clock.ts'

export type Json = Op['value']

export type Field = { value: Json; stamp: Stamp }

/** A row as this device holds it: each field with the stamp of its last edit. */
export type LocalRow = { entity: Entity; id: string; fields: Record<string, Field> }

/** An op that the server has not acknowledged. `before` is what the field held, absent if it did not exist. */
export type PendingOp = Op & { before?: Json }

/** An op that the server will never apply, and why. */
export type RejectedOp = { op: Op; code: string; reason: string }

export type Meta = {
  clientId: string
  nextSeq: number
  cursor: number
  clock: Clock
  /** Added to the device's clock, since the server found it ahead. */
  clockCorrectionMs: number
  attempt: number
}

/** What one device knows of one user: the state that sync moves forward. */
export type Replica = {
  meta: Meta
  rows: ReadonlyMap<string, LocalRow>
  /** In the order of `seq`. */
  outbox: readonly PendingOp[]
}

/** A step of a replica, to be stored as a whole or not at all. Drops come before puts. */
export type Change = {
  meta: Meta
  rows: LocalRow[]
  droppedRows: string[]
  outbox: PendingOp[]
  droppedSeqs: number[]
  rejected: RejectedOp[]
}

/** The state of a device that has never synced. */
export function emptyMeta(clientId: string): Meta {
  return {
    clientId,
    nextSeq: 1,
    cursor: 0,
    clock: { ms: 0, counter: 0 },
    clockCorrectionMs: 0,
    attempt: 0,
  }
}

/** The key of a row among all entities. */
export function rowKey({ entity, id }: { entity: Entity; id: string }): string {
  return `${entity}/${id}`
}
