import type { Client } from '@goalixa/chassis/postgres'
import { v7 as uuidv7 } from 'uuid'
import { type Conflict, type HeldRow, type LoggedOp, type Replica, rowKey } from './replica.ts'
import { fieldColumns, type StoredRow, selectColumns, toColumns, toHeldRow } from './row-columns.ts'
import { Entity, type SyncResponse } from './sync.schema.ts'

// Referenced tables come before the ones that refer to them.
const ENTITIES = Entity.options
const RUNNING = 'ended_at IS NULL AND started_at IS NOT NULL AND NOT deleted'

/** One user's part of the sync tables, inside a transaction of `tenancy`. */
export function createSyncRepository(client: Client, userId: string) {
  async function selectRows(entity: Entity, condition: string, values: unknown[]): Promise<HeldRow[]> {
    const { rows } = await client.query<StoredRow>(
      `SELECT ${selectColumns(entity)} FROM ${entity} WHERE user_id = $1 AND ${condition}`,
      [userId, ...values],
    )
    return rows.map(row => toHeldRow(entity, row))
  }

  return {
    /** Waits until no other transaction writes for this user; an empty replica at the current head. */
    async lock(): Promise<Replica> {
      await client.query('INSERT INTO sync_heads VALUES ($1, 0, 0, 0) ON CONFLICT DO NOTHING', [userId])
      const { rows } = await client.query<{ seq: string; ms: string; counter: string }>(
        `SELECT seq, clock_ms AS ms, clock_counter AS counter FROM sync_heads WHERE user_id = $1 FOR UPDATE`,
        [userId],
      )
      return {
        head: Number(rows[0]?.seq),
        clock: { ms: Number(rows[0]?.ms), counter: Number(rows[0]?.counter) },
        rows: new Map(),
        changed: new Set(),
        log: [],
        conflicts: [],
      }
    },

    async head(): Promise<number> {
      const { rows } = await client.query<{ seq: string }>('SELECT seq FROM sync_heads WHERE user_id = $1', [
        userId,
      ])
      return Number(rows[0]?.seq ?? 0)
    },

    async lastSeq(clientId: string): Promise<number> {
      const { rows } = await client.query<{ last: string }>(
        'SELECT last_seq AS last FROM sync_clients WHERE user_id = $1 AND client_id = $2',
        [userId, clientId],
      )
      return Number(rows[0]?.last ?? 0)
    },

    async rejectedBefore(clientId: string, upTo: number, seqs: number[]): Promise<SyncResponse['rejects']> {
      const repeated = seqs.filter(seq => seq <= upTo)
      if (repeated.length === 0) return []
      const { rows } = await client.query<{ seq: number; code: string; reason: string }>(
        `SELECT seq::float8 AS seq, reject_code AS code, reject_reason AS reason FROM ops
         WHERE user_id = $1 AND client_id = $2 AND seq = ANY($3) AND reject_code IS NOT NULL`,
        [userId, clientId, repeated],
      )
      return rows
    },

    /** Puts the rows with these ids into the replica. */
    async load(replica: Replica, ids: Iterable<string>): Promise<void> {
      const wanted = [...new Set(ids)]
      for (const entity of ENTITIES)
        for (const row of await selectRows(entity, 'id = ANY($2)', [wanted]))
          replica.rows.set(rowKey(entity, row.id), row)
    },

    /** Puts the running time entries into the replica; one that is there already may have been edited and stays. */
    async loadRunning(replica: Replica): Promise<void> {
      for (const row of await selectRows('time_entries', RUNNING, [])) {
        const key = rowKey('time_entries', row.id)
        if (!replica.rows.has(key)) replica.rows.set(key, row)
      }
    },

    /** The entry of the running timer. */
    async running(): Promise<HeldRow | undefined> {
      const [row] = await selectRows(
        'time_entries',
        `${RUNNING} ORDER BY started_at DESC, id DESC LIMIT 1`,
        [],
      )
      return row
    },

    /** Rows changed after `cursor` and up to `head`, in the order of their change. */
    async changedSince(cursor: number, head: number, limit: number): Promise<HeldRow[]> {
      const found: HeldRow[] = []
      for (const entity of ENTITIES)
        found.push(
          ...(await selectRows(entity, 'rev > $2 AND rev <= $3 ORDER BY rev LIMIT $4', [
            cursor,
            head,
            limit,
          ])),
        )
      return found.toSorted((a, b) => a.rev - b.rev).slice(0, limit)
    },

    /** Writes back what applying ops changed. */
    async save(replica: Replica, lastSeqs: Record<string, number>, at: Date): Promise<void> {
      for (const entity of ENTITIES)
        await saveRows(
          entity,
          [...replica.changed].filter(row => row.entity === entity),
        )
      await saveLog(replica.log, at)
      await saveConflicts(replica.conflicts, at)
      await client.query(
        'UPDATE sync_heads SET seq = $2, clock_ms = $3, clock_counter = $4 WHERE user_id = $1',
        [userId, replica.head, replica.clock.ms, replica.clock.counter],
      )
      for (const [clientId, lastSeq] of Object.entries(lastSeqs))
        await client.query(
          `INSERT INTO sync_clients VALUES ($1, $2, $3)
           ON CONFLICT (user_id, client_id) DO UPDATE SET last_seq = excluded.last_seq`,
          [userId, clientId, lastSeq],
        )
    },
  }

  async function saveRows(entity: Entity, rows: HeldRow[]) {
    if (rows.length === 0) return
    const fields = ['rev', 'stamps', ...fieldColumns(entity)]
    const columns = ['user_id', 'id', ...fields].join(', ')
    await client.query(
      `INSERT INTO ${entity} (${columns}) SELECT ${columns} FROM json_populate_recordset(NULL::${entity}, $1)
       ON CONFLICT (user_id, id) DO UPDATE SET ${fields.map(name => `${name} = excluded.${name}`).join(', ')}`,
      [JSON.stringify(rows.map(row => toColumns(row, userId)))],
    )
  }

  async function saveLog(log: LoggedOp[], at: Date) {
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
      `INSERT INTO ops (user_id, at, client_id, seq, entity, row_id, field, value, stamp, base, group_id, reject_code, reject_reason)
       SELECT $1, $2, client_id, seq, entity, row_id, field, ($4::text[])[nth]::json, stamp, base, group_id, reject_code, reject_reason
       FROM ROWS FROM (json_populate_recordset(NULL::ops, $3)) WITH ORDINALITY
         AS o (user_id, client_id, seq, at, entity, row_id, field, value, stamp, base, group_id, reject_code, reject_reason, nth)`,
      // Values go beside: a rejected one may hold what only the text of a json column can.
      [userId, at, JSON.stringify(rows), log.map(op => JSON.stringify(op.value))],
    )
  }

  async function saveConflicts(conflicts: Conflict[], at: Date) {
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
}
export type SyncRepository = ReturnType<typeof createSyncRepository>
