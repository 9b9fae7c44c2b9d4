import { ExpectedError } from '@goalixa/chassis/errors'
import { initialValues } from '@goalixa/rules/fields/fields'
import { v7 as uuidv7 } from 'uuid'
import { PAGE_LIMITS } from '../sync/page-limits.ts'
import type { ReplicaRow } from '../sync/replica.ts'
import { type StoredRow, selectColumns, textBytes, toReplicaRow } from '../sync/row-columns.ts'
import type { Entity, Op } from '../sync/sync.schema.ts'
import type { SyncService } from '../sync/sync.service.ts'
import type { Tenancy } from '../tenancy/tenancy.ts'

type Fields = Record<string, Op['value']>
type Filter = { after?: string | undefined; limit: number } & Record<string, unknown>

/** A row as REST returns it: every field, with its default if it was never set. */
export type Resource = { id: string; rev: number } & Fields

/** Creates the service that reads and writes rows. Every write goes through `sync`, so that devices receive it. */
export function createEntitiesService({ tenancy, sync }: { tenancy: Tenancy; sync: SyncService }) {
  async function find(userId: string, entity: Entity, id: string): Promise<Resource | undefined> {
    const [row] = await select(userId, entity, 'id = $2', [id])
    return row
  }

  async function select(
    userId: string,
    entity: Entity,
    condition: string,
    values: unknown[],
  ): Promise<Resource[]> {
    return tenancy.read(userId, async client => {
      const { rows } = await client.query<StoredRow>(
        `SELECT ${selectColumns(entity)} FROM ${entity} WHERE user_id = $1 AND NOT deleted AND ${condition}`,
        [userId, ...values],
      )
      return rows.map(row => toResource(toReplicaRow(entity, row)))
    })
  }

  // Bounded by the length of the texts as well, which PostgreSQL knows without reading them.
  async function selectPage(
    userId: string,
    entity: Entity,
    { condition, limit }: { condition: string; limit: number },
    values: unknown[],
  ) {
    return tenancy.read(userId, async client => {
      const { rows } = await client.query<StoredRow & { found: number }>(
        `SELECT ${selectColumns(entity)}, found FROM (
           SELECT *, row_number() OVER page AS place, sum(${textBytes(entity)}) OVER page AS bytes,
             (count(*) OVER ())::int AS found
           FROM (SELECT * FROM ${entity} WHERE user_id = $1 AND NOT deleted AND ${condition}
             ORDER BY id LIMIT ${limit + 1}) listed
           WINDOW page AS (ORDER BY id)
         ) numbered
         WHERE place = 1 OR (place <= ${limit} AND bytes <= ${PAGE_LIMITS.textBytes}) ORDER BY id`,
        [userId, ...values],
      )
      const items = rows.map(row => toResource(toReplicaRow(entity, row)))
      return { items, isLast: items.length === (rows[0]?.found ?? 0) }
    })
  }

  return {
    /** Returns one row. Throws NO_SUCH_ROW, also for another user's row. */
    async get(userId: string, entity: Entity, id: string): Promise<Resource> {
      return (await find(userId, entity, id)) ?? missing(entity, id)
    },

    async list(userId: string, entity: Entity, { after, limit, ...filter }: Filter) {
      const wanted = Object.entries(filter).filter(([, value]) => value !== undefined)
      const conditions = wanted.map(([column], index) => `${column} = $${index + 3} AND `).join('')
      const values = [after ?? '00000000-0000-0000-0000-000000000000', ...wanted.map(([, value]) => value)]
      const condition = `${conditions}id > $2`
      const { items, isLast } = await selectPage(userId, entity, { condition, limit }, values)
      return { items, next: isLast ? null : (items.at(-1)?.id ?? null) }
    },

    /** Creates a row, or returns the existing one if the id was used before, so that a create is idempotent. */
    async create(
      userId: string,
      entity: Entity,
      { id = uuidv7(), ...fields }: { id?: string } & Fields,
    ): Promise<Resource> {
      const existing = await find(userId, entity, id)
      if (existing) return existing
      const [row] = await sync.write(userId, async () => [{ entity, id, fields }])
      return row ? toResource(row) : missing(entity, id)
    },

    async change(
      userId: string,
      entity: Entity,
      id: string,
      fields: Fields,
      options: { expectedRev?: number },
    ): Promise<Resource> {
      if (!(await find(userId, entity, id))) missing(entity, id)
      const [row] = await sync.write(userId, async () => [{ entity, id, fields }], options)
      return row ? toResource(row) : missing(entity, id)
    },
  }
}
export type EntitiesService = ReturnType<typeof createEntitiesService>

/** Converts a row in memory to the shape that REST returns. */
export function toResource(row: ReplicaRow): Resource {
  const { deleted: _deleted, ...defaults } = initialValues(row.entity)
  const values = Object.entries(row.fields).map(([field, { value }]) => [field, value])
  return { ...defaults, ...Object.fromEntries(values), id: row.id, rev: row.rev }
}

function missing(entity: Entity, id: string): never {
  throw new ExpectedError('missing', 'NO_SUCH_ROW', `There is no row ${id} in ${entity}.`)
}
