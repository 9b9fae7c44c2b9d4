import type { Client } from '@goalixa/chassis/postgres'
import type { PageLimits } from './page-limits.ts'
import { type Replica, type ReplicaRow, rowKey } from './replica.ts'
import { type StoredRow, selectColumns, textBytes, toReplicaRow } from './row-columns.ts'
import { saveReplica } from './save-replica.ts'
import { selectHead } from './select-head.ts'
import { Entity, type SyncResponse } from './sync.schema.ts'

const ENTITIES = Entity.options
// An entry of the future does not run. Core accepts none, but may have stored one in the past.
const RUNNING = 'ended_at IS NULL AND started_at <= $2 AND NOT deleted'

/** Creates the access to one user's part of the sync tables, inside a transaction of `tenancy`. */
export function createSyncRepository(client: Client, userId: string) {
  async function selectRows(entity: Entity, condition: string, values: unknown[]): Promise<ReplicaRow[]> {
    const { rows } = await client.query<StoredRow>(
      `SELECT ${selectColumns(entity)} FROM ${entity} WHERE user_id = $1 AND ${condition}`,
      [userId, ...values],
    )
    return rows.map(row => toReplicaRow(entity, row))
  }

  // Without reading the texts: PostgreSQL knows their length. So no more than one page is ever in memory.
  async function findPageEnd(cursor: number, head: number, limits: PageLimits) {
    const changed = ENTITIES.map(
      entity => `(SELECT rev, ${textBytes(entity)} AS bytes FROM ${entity}
        WHERE user_id = $1 AND rev > $2 AND rev <= $3 ORDER BY rev LIMIT $4 + 1)`,
    )
    const { rows } = await client.query<{ last: number | null; more: boolean | null }>(
      `SELECT max(rev) FILTER (WHERE fits)::float8 AS last, bool_or(NOT fits) AS more FROM (
         SELECT rev, row_number() OVER page = 1
           OR (row_number() OVER page <= $4 AND sum(bytes) OVER page <= $5) AS fits
         FROM (${changed.join(' UNION ALL ')}) changed WINDOW page AS (ORDER BY rev)
       ) numbered`,
      [userId, cursor, head, limits.rows, limits.textBytes],
    )
    const isMore = rows[0]?.more === true
    return { cursor: isMore ? (rows[0]?.last ?? head) : head, more: isMore }
  }

  return {
    /** Waits until no other transaction writes for this user, then returns an empty replica at the current head. */
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
      const { rows } = await client.query<{ seq: string }>(selectHead(userId))
      return Number(rows[0]?.seq ?? 0)
    },

    async lastSeq(clientId: string): Promise<number> {
      const { rows } = await client.query<{ last: string }>(
        'SELECT last_seq AS last FROM sync_clients WHERE user_id = $1 AND client_id = $2',
        [userId, clientId],
      )
      return Number(rows[0]?.last ?? 0)
    },

    /**
     * Records the number of a client's request and returns whether a newer one was here first. From then on an older one
     * that arrives late is stale.
     */
    async recordAttempt(clientId: string, attempt: number): Promise<boolean> {
      const { rows } = await client.query<{ last: string }>(
        `INSERT INTO sync_clients (user_id, client_id, last_seq, last_attempt) VALUES ($1, $2, 0, $3)
         ON CONFLICT (user_id, client_id) DO UPDATE
         SET last_attempt = greatest(sync_clients.last_attempt, excluded.last_attempt) RETURNING last_attempt AS last`,
        [userId, clientId, attempt],
      )
      return Number(rows[0]?.last) > attempt
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

    /** Returns the bytes of the texts of each row with one of these ids, without reading them. */
    async measureText(ids: string[]): Promise<Map<string, number>> {
      const sizes = ENTITIES.map(
        entity =>
          `SELECT id, ${textBytes(entity)} AS bytes FROM ${entity} WHERE user_id = $1 AND id = ANY($2)`,
      )
      const { rows } = await client.query<{ id: string; bytes: number }>(sizes.join(' UNION ALL '), [
        userId,
        [...new Set(ids)],
      ])
      return new Map(rows.map(({ id, bytes }) => [id, bytes]))
    },

    /** Loads the rows with these ids into the replica. */
    async load(replica: Replica, ids: Iterable<string>): Promise<void> {
      const wanted = [...new Set(ids)]
      for (const entity of ENTITIES)
        for (const row of await selectRows(entity, 'id = ANY($2)', [wanted]))
          replica.rows.set(rowKey(entity, row.id), row)
    },

    /** Loads the running time entries into the replica; one that is already there may have been edited and stays. */
    async loadRunning(replica: Replica, nowMs: number): Promise<void> {
      for (const row of await selectRows('time_entries', RUNNING, [new Date(nowMs)])) {
        const key = rowKey('time_entries', row.id)
        if (!replica.rows.has(key)) replica.rows.set(key, row)
      }
    },

    /** Returns the entry of the running timer, if any. */
    async running(nowMs: number): Promise<ReplicaRow | undefined> {
      const [row] = await selectRows('time_entries', `${RUNNING} ORDER BY started_at DESC, id DESC LIMIT 1`, [
        new Date(nowMs),
      ])
      return row
    },

    /** Returns the next page of the rows that changed after `cursor` and up to `head`, in the order of their change. */
    async changedSince(cursor: number, head: number, limits: PageLimits) {
      if (cursor >= head) return { rows: [], cursor: head, more: false }
      const end = await findPageEnd(cursor, head, limits)
      const found: ReplicaRow[] = []
      for (const entity of ENTITIES)
        found.push(...(await selectRows(entity, 'rev > $2 AND rev <= $3', [cursor, end.cursor])))
      return { rows: found.toSorted((a, b) => a.rev - b.rev), ...end }
    },

    save: (replica: Replica, lastSeqs: Record<string, number>, at: Date): Promise<void> =>
      saveReplica(replica, lastSeqs, { client, userId, at }),
  }
}
export type SyncRepository = ReturnType<typeof createSyncRepository>
