import { createHash } from 'node:crypto'
import { inTransaction, type Pool } from '@goalixa/chassis/postgres'
import { z } from 'zod'
import { type Operator, Role } from './operator.ts'
import { parseOperatorList } from './parse-operator-list.ts'

/** Parses `name:role:key,…`. Throws `invalid` BAD_CONFIGURATION, which names the faulty entry but never its key. */
export function parseBootstrapKeys(text: string) {
  return parseOperatorList(
    'SYNTRA_BOOTSTRAP_KEYS',
    text,
    'key',
    z.string().min(16, 'a key of at least 16 characters'),
  )
}
export type BootstrapKeys = ReturnType<typeof parseBootstrapKeys>

const Row = z.object({ name: z.string(), role: Role })

/** Hashed API keys. */
export function createApiKeysRepository(pool: Pool) {
  return {
    /** Makes exactly the configured keys valid: a key that is no longer configured is revoked. */
    bootstrap(keys: BootstrapKeys): Promise<void> {
      return inTransaction(pool, async client => {
        await client.query(
          'UPDATE api_keys SET revoked_at = now() WHERE revoked_at IS NULL AND NOT name = ANY($1)',
          [keys.map(({ name }) => name)],
        )
        // A key that was renamed would violate the uniqueness of its own new row.
        await client.query(
          `DELETE FROM api_keys k USING unnest($1::text[], $2::text[]) AS given (key_hash, name)
           WHERE k.key_hash = given.key_hash AND k.name <> given.name`,
          [keys.map(({ key }) => hashOf(key)), keys.map(({ name }) => name)],
        )
        for (const { name, role, key } of keys)
          await client.query(
            `INSERT INTO api_keys (key_hash, name, role) VALUES ($1, $2, $3)
             ON CONFLICT (name) DO UPDATE SET key_hash = excluded.key_hash, role = excluded.role, revoked_at = NULL`,
            [hashOf(key), name, role],
          )
      })
    },
    async find(key: string): Promise<Operator | undefined> {
      const { rows } = await pool.query(
        'SELECT name, role FROM api_keys WHERE key_hash = $1 AND revoked_at IS NULL',
        [hashOf(key)],
      )
      return rows[0] && Row.parse(rows[0])
    },
  }
}
export type ApiKeysRepository = ReturnType<typeof createApiKeysRepository>

function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}
