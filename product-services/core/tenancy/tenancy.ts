import { type Client, inTransaction, type Pool } from '@goalixa/chassis/postgres'
import { runPipelinedTransaction } from '@goalixa/chassis/run-pipelined-transaction'
import type { QueryConfig, QueryResultRow } from 'pg'
import { createTurns } from './create-turns.ts'

const APP_ROLE = 'core_app'

/**
 * Runs work in a transaction that sees only the rows of one user: PostgreSQL's row-level security isolates users, not
 * the WHERE of a statement. Uses the role `core_app` if the login may assume it.
 */
export function createTenancy({ pool }: { pool: Pool }) {
  const inTurn = createTurns()
  let role: Promise<string> | undefined

  async function run<T>(
    userId: string,
    isReadOnly: boolean,
    work: (client: Client) => Promise<T>,
  ): Promise<T> {
    const asRole = await cachedRole()
    return inTransaction(pool, async client => {
      const entered = client.query(enterTenant(userId, asRole, isReadOnly))
      // Not awaited here: the work leaves in the same round trip, and if this statement fails, PostgreSQL rejects the rest
      // of the transaction.
      entered.catch(() => {})
      const result = await work(client)
      await entered
      return result
    })
  }

  async function cachedRole(): Promise<string> {
    role ??= findRole()
    return role.catch(error => {
      role = undefined
      throw error
    })
  }

  async function findRole(): Promise<string> {
    const { rows } = await inTransaction(pool, client =>
      client.query<{ role: string }>(
        `SELECT CASE WHEN EXISTS (SELECT FROM pg_roles WHERE rolname = $1) AND pg_has_role(current_user, $1::name, 'SET')
                THEN $1 ELSE current_user::text END AS role`,
        [APP_ROLE],
      ),
    )
    return rows[0]?.role ?? 'none'
  }

  return {
    read: <T>(userId: string, work: (client: Client) => Promise<T>) => run(userId, true, work),
    /** Writes of one person take turns: if they waited for the person's lock in the database instead, they would occupy the connections that others need. */
    write: <T>(userId: string, work: (client: Client) => Promise<T>) =>
      inTurn(userId, () => run(userId, false, work)),

    /** Reads with one statement, which costs one round trip instead of two. */
    async readOne<Row extends QueryResultRow>(userId: string, statement: QueryConfig): Promise<Row[]> {
      const { rows } = await runPipelinedTransaction<Row>(pool, [
        enterTenant(userId, await cachedRole(), true),
        statement,
      ])
      return rows
    },

    /** Throws if the role that requests run as bypasses row-level security. */
    async assertRowLevelSecurity(): Promise<void> {
      const name = await findRole()
      const { rows } = await inTransaction(pool, client =>
        client.query<{ bypasses: boolean }>(
          'SELECT rolsuper OR rolbypassrls AS bypasses FROM pg_roles WHERE rolname = $1',
          [name],
        ),
      )
      if (rows[0]?.bypasses !== false)
        throw new Error(
          `The role ${name} bypasses row-level security. Grant ${APP_ROLE} to the login of DATABASE_URL, or use a login without BYPASSRLS.`,
        )
    },
  }
}
export type Tenancy = ReturnType<typeof createTenancy>

// For the current transaction only: the next one on this connection may be another user's.
function enterTenant(userId: string, role: string, isReadOnly: boolean): QueryConfig {
  return {
    text: "SELECT set_config('app.user_id', $1, true), set_config('role', $2, true), set_config('transaction_read_only', $3, true)",
    values: [userId, role, isReadOnly ? 'on' : 'off'],
  }
}
