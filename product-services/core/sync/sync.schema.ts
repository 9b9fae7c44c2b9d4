import { z } from 'zod'

/** Who wrote: a device, or `server` for what the server did itself. */
const ClientId = z.string().regex(/^[\w-]{1,64}$/, 'up to 64 letters, digits, - and _')

/** Hybrid logical clock stamp, `<ms>.<counter>.<clientId>`, totally ordered by (ms, counter, clientId). */
export const Stamp = z.object({
  ms: z.number().int().min(0),
  counter: z.number().int().min(0),
  clientId: ClientId,
})
export type Stamp = z.infer<typeof Stamp>

/** The entities that are synced. A later entity is one more name here and one more table. */
export const Entity = z.enum(['projects', 'tasks', 'time_entries'])
export type Entity = z.infer<typeof Entity>

/** One field of one row, set by one client. `base` is the stamp its author saw, null if none. */
export const Op = z.object({
  seq: z.number().int().min(1),
  entity: Entity,
  id: z.uuid().lowercase(),
  field: z.string().regex(/^\w{1,64}$/),
  value: z.json(),
  stamp: Stamp,
  base: Stamp.nullable(),
  /** Ops of one gesture share it. */
  group: z
    .string()
    .regex(/^[\w.:-]{1,64}$/)
    .optional(),
})
export type Op = z.infer<typeof Op>

/** A row as the server holds it: each field with its stamp. `deleted` is a field like the others. */
export const Row = z.object({
  entity: Entity,
  id: z.uuid(),
  rev: z.number().int(),
  fields: z.record(z.string(), z.object({ value: z.json(), stamp: Stamp })),
})
export type Row = z.infer<typeof Row>

export const SyncRequest = z.strictObject({
  /** Counts the client's requests; an answer to an older attempt is ignored by the client. */
  attempt: z.number().int().min(1),
  clientId: ClientId.refine(id => id !== 'server', 'a name of your own: `server` is taken'),
  /** The last `rev` the client has seen; 0 for everything. */
  cursor: z.number().int().min(0),
  ops: z.array(Op).max(500),
  schema: z.literal(1),
})
export type SyncRequest = z.infer<typeof SyncRequest>

export const SyncResponse = z.object({
  attempt: z.number().int(),
  /** The last op of this client that the server holds. */
  lastSeq: z.number().int(),
  acks: z.array(z.number().int()),
  /** Ops that can never be applied; they are acked as well, so that the queue moves on. */
  rejects: z.array(z.object({ seq: z.number().int(), code: z.string(), reason: z.string() })),
  changes: z.array(Row),
  cursor: z.number().int(),
  more: z.boolean(),
  serverTime: z.iso.datetime(),
  /** Why the server stopped: a hole in the sequence, or a stamp more than two minutes ahead of its clock. */
  error: z
    .union([
      z.object({ kind: z.literal('gap'), expected: z.number().int() }),
      z.object({ kind: z.literal('skew'), seq: z.number().int(), now: z.number().int() }),
    ])
    .nullable(),
})
export type SyncResponse = z.infer<typeof SyncResponse>
