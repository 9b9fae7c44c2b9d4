import { ENTITIES } from '@goalixa/rules/fields/fields'
import { z } from 'zod'

/** The author of a write: a device, or `server` for what the server writes itself. */
const ClientId = z.string().regex(/^[\w-]{1,64}$/, 'up to 64 letters, digits, - and _')

/**
 * A reading of a hybrid logical clock, totally ordered by (ms, counter, clientId). In that of a value which the server
 * derived, the id of its author has a `-` in front, and at the end a number if it was derived again.
 */
export const Stamp = z.object({
  ms: z.number().int().min(0),
  counter: z.number().int().min(0),
  clientId: z
    .string()
    .regex(/^-?[\w-]{1,64}(\.\d{9})?$/, 'the id of a client, or what the server derives from it'),
})
export type Stamp = z.infer<typeof Stamp>

/** The synced entities. */
export const Entity = z.enum(ENTITIES)
export type Entity = z.infer<typeof Entity>

/** A new value for one field of one row. `base` is the stamp of the value that its author saw, null if there was none. */
export const Op = z.object({
  seq: z.number().int().min(1),
  entity: Entity,
  id: z.uuid().lowercase(),
  field: z.string().regex(/^\w{1,64}$/, 'up to 64 letters, digits and _'),
  value: z.json(),
  /** The counter is far below what a number can hold, so that a later stamp can always count on. */
  stamp: Stamp.extend({ counter: Stamp.shape.counter.max(1e12), clientId: ClientId }),
  base: Stamp.nullable(),
  /** Shared by the ops of one gesture. */
  group: z
    .string()
    .regex(/^[\w.:-]{1,64}$/, 'up to 64 letters, digits, _, ., : and -')
    .optional(),
})
export type Op = z.infer<typeof Op>

/** A row as the server stores it: each field with its stamp. `deleted` is a field like any other. */
export const Row = z.object({
  entity: Entity,
  id: z.uuid(),
  rev: z.number().int(),
  fields: z.record(z.string(), z.object({ value: z.json(), stamp: Stamp })),
})
export type Row = z.infer<typeof Row>

export const SyncRequest = z.strictObject({
  /** Counts the client's requests; the client ignores an answer to an older attempt. */
  attempt: z.number().int().min(1),
  clientId: ClientId.refine(
    id => id !== 'server' && !id.startsWith('-'),
    'any id but `server` and those that begin with -, which are reserved',
  ),
  /** The last `rev` that the client has seen; 0 for everything. */
  cursor: z.number().int().min(0),
  ops: z.array(Op).max(500),
  /**
   * The client's clock when it sends the request, in ms since 1970. If it is more than two minutes off, the server takes
   * none of the ops. Once it has taken part in a request with ops and `now`, older attempts of the client are void.
   */
  now: z.number().int().min(0).optional(),
  /**
   * The number of an op that the client is about to take out of its queue, because it gets no answer with it. The server
   * voids older attempts, as for a request with ops, and acknowledges the op if it holds it already.
   */
  withdraws: z.number().int().min(1).optional(),
  schema: z.literal(1),
})
export type SyncRequest = z.infer<typeof SyncRequest>

/**
 * A request as it arrives: an op needs a number, with which it can be acknowledged. Core judges the rest op by op, so that
 * one malformed op does not stop the others.
 */
export const ArrivingSyncRequest = SyncRequest.extend({
  ops: z
    .array(
      z
        .looseObject({ seq: Op.shape.seq })
        .describe('An op, see docs/sync-protocol.md; a malformed one is rejected.'),
    )
    .max(500),
})
export type ArrivingSyncRequest = z.infer<typeof ArrivingSyncRequest>

/** The largest body of a sync, in bytes: 500 ops with long notes. The app sends far less at once. */
export const MAX_SYNC_BODY_BYTES = 8_388_608

export const SyncResponse = z.object({
  attempt: z.number().int(),
  /** The number of the last op that the server holds of this client. */
  lastSeq: z.number().int(),
  acks: z.array(z.number().int()),
  /** Ops that can never be applied. They are acknowledged as well, so that the client's queue moves on. */
  rejects: z.array(z.object({ seq: z.number().int(), code: z.string(), reason: z.string() })),
  changes: z.array(Row),
  cursor: z.number().int(),
  more: z.boolean(),
  serverTime: z.iso.datetime(),
  /**
   * Why the server ended the batch early: a gap in the sequence, a clock or a stamp that is more than two minutes off, or a
   * newer attempt of the client that was here first.
   */
  error: z
    .union([
      z.object({ kind: z.literal('gap'), expected: z.number().int() }),
      z.object({ kind: z.literal('skew'), seq: z.number().int(), now: z.number().int() }),
      z.object({ kind: z.literal('stale') }),
    ])
    .nullable(),
})
export type SyncResponse = z.infer<typeof SyncResponse>
