import type { Entity, Op, Stamp } from '@goalixa/core/sync/sync.schema'
import type { Clock } from '@goalixa/rules/stamps/hybrid-logical-clock'
import { NEW_WALL_CLOCK, type WallClock } from './wall-clock.ts'

export type Json = Op['value']

export type Field = { value: Json; stamp: Stamp }

/** A row on this device: each field with the stamp of its last edit. */
export type LocalRow = { entity: Entity; id: string; fields: Record<string, Field> }

/**
 * An op that the server has not acknowledged. `before` is the previous value of the field, absent if there was none.
 * `isReading`: the value is an instant that a gesture has read from the clock, which may turn out to be wrong.
 */
export type PendingOp = Op & { before?: Json; isReading?: boolean }

/** An op that the server will never apply, with the reason. */
export type RejectedOp = { op: Op; code: string; reason: string }

export type Meta = {
  clientId: string
  nextSeq: number
  cursor: number
  clock: Clock
  wallClock: WallClock
  attempt: number
  /** Whether the last request carried ops, or was to withdraw one: from then on the server takes no older request of this client. */
  hasSentOps: boolean
  /** The largest number of an op that was ever sent. */
  sentSeq: number
}

/** One user's data on one device: the state that sync advances. */
export type Replica = {
  meta: Meta
  rows: ReadonlyMap<string, LocalRow>
  /** In the order of `seq`. */
  outbox: readonly PendingOp[]
}

/** One step of a replica, to be stored atomically. Deletions come before writes. */
export type Change = {
  meta: Meta
  rows: LocalRow[]
  droppedRows: string[]
  outbox: PendingOp[]
  droppedSeqs: number[]
  rejected: RejectedOp[]
}

/** Returns the state of a device that has never synced. */
export function emptyMeta(clientId: string): Meta {
  return {
    clientId,
    nextSeq: 1,
    cursor: 0,
    clock: { ms: 0, counter: 0 },
    wallClock: NEW_WALL_CLOCK,
    attempt: 0,
    hasSentOps: false,
    sentSeq: 0,
  }
}

/** Returns the key of a row among all entities. */
export function rowKey({ entity, id }: { entity: Entity; id: string }): string {
  return `${entity}/${id}`
}
