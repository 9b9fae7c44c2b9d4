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
    async findById(id: string): Promise<Account | undefined> {
      const [account] = await query<Account>(`SELECT ${COLUMNS} FROM users WHERE id = $1`, [id])
      return account
    },
    /**
     * Changes the password and ends every session of the account. Returns the raised `sec_version`, or undefined if the hash is no longer the
     * one that was verified.
     */
    async changePassword(
      id: string,
      { from, to, at }: { from: string; to: string; at: Date },
    ): Promise<{ secVersion: number; endedSessions: string[] } | undefined> {
      return inTransaction(pool, async client => {
        const { rows: users } = await client.query<{ secVersion: number }>(
          `UPDATE users SET password_hash = $3, sec_version = sec_version + 1 WHERE id = $1 AND password_hash = $2
           RETURNING sec_version AS "secVersion"`,
          [id, from, to],
        )
        const [user] = users
        if (!user) return undefined
        const { rows } = await client.query<{ id: string }>(
          `UPDATE sessions SET revoked_at = $2, revoked_for = 'password_change'
           WHERE user_id = $1 AND revoked_at IS NULL RETURNING id`,
          [id, at],
        )
        return { secVersion: user.secVersion, endedSessions: rows.map(row => row.id) }
      })
    },
    /** Replaces the hash only if it is still the one that was verified: a password changed in between must win. */
    async replaceHash(id: string, { from, to }: { from: string; to: string }): Promise<void> {
      await query('UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2', [id, from, to])
    },
  }
}
export type AccountsRepository = ReturnType<typeof createAccountsRepository>
