import { inTransaction, type Pool } from '@goalixa/chassis/postgres'

export type Account = {
  id: string
  email: string
  passwordHash: string
  secVersion: number
  createdAt: Date
}

const COLUMNS =
  'id, email, password_hash AS "passwordHash", sec_version AS "secVersion", created_at AS "createdAt"'

/** Creates the store of accounts in PostgreSQL. */
export function createAccountsRepository({ pool }: { pool: Pool }) {
  const query = <R extends object>(sql: string, values: unknown[]) =>
    inTransaction(pool, async client => (await client.query<R>(sql, values)).rows)

  return {
    /** Does nothing if an account with this email address exists. */
    async insert(account: {
      id: string
      email: string
      passwordHash: string
      createdAt: Date
    }): Promise<void> {
      await query(
        'INSERT INTO users (id, email, password_hash, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT (email) DO NOTHING',
        [account.id, account.email, account.passwordHash, account.createdAt],
      )
    },
    async findByEmail(email: string): Promise<Account | undefined> {
      const [account] = await query<Account>(`SELECT ${COLUMNS} FROM users WHERE email = $1`, [email])
      return account
    },
    /** Replaces the hash only if it is still the one that was verified: a password changed in between must win. */
    async replaceHash(id: string, { from, to }: { from: string; to: string }): Promise<void> {
      await query('UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2', [id, from, to])
    },
  }
}
export type AccountsRepository = ReturnType<typeof createAccountsRepository>
