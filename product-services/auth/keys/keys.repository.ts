import { inTransaction, type Pool } from '@goalixa/chassis/postgres'
import type { JWK } from 'jose'

export type SigningKey = {
  kid: string
  publicJwk: JWK
  privateJwk: JWK
  activeFrom: Date
  retiredAt: Date | null
}

const SELECT = `SELECT kid, public_jwk AS "publicJwk", private_jwk AS "privateJwk", active_from AS "activeFrom",
                       retired_at AS "retiredAt" FROM signing_keys ORDER BY active_from, kid`

/** Creates the store of signing keys in PostgreSQL. */
export function createKeysRepository({ pool }: { pool: Pool }) {
  return {
    list: async (): Promise<SigningKey[]> =>
      inTransaction(pool, async client => (await client.query<SigningKey>(SELECT)).rows),

    /** Adds the key that `make` returns for the existing ones, and retires those. One process at a time. */
    async add(
      make: (existing: SigningKey[]) => Promise<{ key: SigningKey; othersRetireAt: Date } | undefined>,
    ): Promise<void> {
      await inTransaction(pool, async client => {
        await client.query("SELECT pg_advisory_xact_lock(hashtext('auth:signing_keys'))")
        const made = await make((await client.query<SigningKey>(SELECT)).rows)
        if (!made) return
        const { key, othersRetireAt } = made
        await client.query('UPDATE signing_keys SET retired_at = $1 WHERE retired_at IS NULL', [
          othersRetireAt,
        ])
        await client.query(
          'INSERT INTO signing_keys (kid, public_jwk, private_jwk, active_from) VALUES ($1, $2, $3, $4)',
          [key.kid, JSON.stringify(key.publicJwk), JSON.stringify(key.privateJwk), key.activeFrom],
        )
      })
    },
  }
}
export type KeysRepository = ReturnType<typeof createKeysRepository>
