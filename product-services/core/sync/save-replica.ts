import type { Client } from '@goalixa/chassis/postgres'
import { v7 as uuidv7 } from 'uuid'
import type { Conflict, LoggedOp, Replica, ReplicaRow } from './replica.ts'
import { fieldColumns, toColumns } from './row-columns.ts'
import { Entity } from './sync.schema.ts'

type Scope = { client: Client; userId: string; at: Date }

/** Writes back what applying ops changed, one statement per table, and the last op number of each client. */
export async function saveReplica(
  replica: Replica,
  lastSeqs: Record<string, number>,
  scope: Scope,
): Promise<void> {
  const { client, userId } = scope
  const changed = Map.groupBy(replica.changed, row => row.entity)
  // In the order of the schema, which lists referenced tables before the tables that refer to them.
  for (const entity of Entity.options) await saveRows(entity, changed.get(entity) ?? [], scope)
  await saveLog(replica.log, scope)
  await saveConflicts(replica.conflicts, scope)
  await client.query('UPDATE sync_heads SET seq = $2, clock_ms = $3, clock_counter = $4 WHERE user_id = $1', [
    userId,
    replica.head,
    replica.clock.ms,
    replica.clock.counter,
  ])
  for (const [clientId, lastSeq] of Object.entries(lastSeqs))
    await client.query(
      `INSERT INTO sync_clients (user_id, client_id, last_seq) VALUES ($1, $2, $3)
       ON CONFLICT (user_id, client_id) DO UPDATE SET last_seq = excluded.last_seq`,
      [userId, clientId, lastSeq],
    )
}

async function saveRows(entity: Entity, rows: ReplicaRow[], { client, userId }: Scope) {
  if (rows.length === 0) return
  const fields = ['rev', 'stamps', ...fieldColumns(entity)]
  const columns = ['user_id', 'id', ...fields].join(', ')
  await client.query(
    `INSERT INTO ${entity} (${columns}) SELECT ${columns} FROM json_populate_recordset(NULL::${entity}, $1)
     ON CONFLICT (user_id, id) DO UPDATE SET ${fields.map(name => `${name} = excluded.${name}`).join(', ')}`,
    [JSON.stringify(rows.map(row => toColumns(row, userId)))],
  )
}

async function saveLog(log: LoggedOp[], { client, userId, at }: Scope) {
  if (log.length === 0) return
  const rows = log.map(op => ({
    client_id: op.clientId,
    seq: op.seq,
    entity: op.entity,
    row_id: op.id,
    field: op.field,
    stamp: op.stamp,
    base: op.base,
    group_id: op.group,
    reject_code: op.rejectCode,
    reject_reason: op.rejectReason,
  }))
  await client.query(
    `INSERT INTO ops (user_id, at, value, client_id, seq, entity, row_id, field, stamp, base, group_id, reject_code, reject_reason)
     SELECT $1, $2, ($4::text[])[ordinality]::json, client_id, seq, entity, row_id, field, stamp, base, group_id, reject_code, reject_reason
     FROM ROWS FROM (json_to_recordset($3) AS (client_id text, seq bigint, entity text, row_id uuid, field text, stamp jsonb,
       base jsonb, group_id text, reject_code text, reject_reason text)) WITH ORDINALITY`,
    // Values are a separate parameter: a rejected one may contain what only a json column, being text, can store.
    [userId, at, JSON.stringify(rows), log.map(op => JSON.stringify(op.value))],
  )
}

async function saveConflicts(conflicts: Conflict[], { client, userId, at }: Scope) {
  if (conflicts.length === 0) return
  const rows = conflicts.map(({ entity, id, field, lost, won }) => ({
    id: uuidv7(),
    entity,
    row_id: id,
    field,
    lost_value: lost.value,
    lost_stamp: lost.stamp,
    won_value: won.value,
    won_stamp: won.stamp,
  }))
  await client.query(
    `INSERT INTO conflicts (user_id, at, id, entity, row_id, field, lost_value, lost_stamp, won_value, won_stamp)
     SELECT $1, $2, id, entity, row_id, field, coalesce(lost_value, 'null'), lost_stamp, coalesce(won_value, 'null'), won_stamp
     FROM json_populate_recordset(NULL::conflicts, $3)`,
    [userId, at, JSON.stringify(rows)],
  )
}
