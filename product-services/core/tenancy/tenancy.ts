import { type Client, inTransaction, type Pool } from '@goalixa/chassis/postgres'
import { runPipelinedTransaction } from '@goalixa/chassis/run-pipelined-transaction'
import type { QueryConfig, QueryResultRow } from 'pg'

const APP_ROLE = 'core_app'

/**
 * Runs work in one transaction that sees the rows of one user only: PostgreSQL's row-level security is the wall, not
 * the WHERE of a statement. Uses the role `core_app` where the login may become it.
 */
export function createTenancy({ pool }: { pool: Pool }) {
  let role: Promise<string> | undefined

  async function run<T>(
    userId: string,
    isReadOnly: boolean,
    work: (client: Client) => Promise<T>,
  ): Promise<T> {
    const asRole = await knownRole()
    return inTransaction(pool, async client => {
      const walled = client.query(wall(userId, asRole, isReadOnly))
      // Not waited for: the work goes out behind it in the same trip, and if this fails PostgreSQL refuses all the rest
      // of the transaction.
      walled.catch(() => {})
      const result = await work(client)
      await walled
      return result
    })
  }

  async function knownRole(): Promise<string> {
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
    write: <T>(userId: string, work: (client: Client) => Promise<T>) => run(userId, false, work),

    /** Reads with one statement, which costs one round trip instead of two. */
    async readOne<Row extends QueryResultRow>(userId: string, statement: QueryConfig): Promise<Row[]> {
      const { rows } = await runPipelinedTransaction<Row>(pool, [
        wall(userId, await knownRole(), true),
        statement,
      ])
      return rows
    },

    /** Throws if the role that requests run as would not be held by row-level security. */
    async assertWalled(): Promise<void> {
      const name = await findRole()
      const { rows } = await inTransaction(pool, client =>
        client.query<{ bypasses: boolean }>(
          'SELECT rolsuper OR rolbypassrls AS bypasses FROM pg_roles WHERE rolname = $1',
          [name],
        ),
      )
      if (rows[0]?.bypasses !== false)
        throw new Error(
          `The role ${name} bypasses row-level security. Let DATABASE_URL's login become ${APP_ROLE}, or use one without BYPASSRLS.`,
        )
    },
  }
}
export type Tenancy = ReturnType<typeof createTenancy>

// For the running transaction only: the next one on this connection may be another user's.
function wall(userId: string, role: string, isReadOnly: boolean): QueryConfig {
  return {
    text: "SELECT set_config('app.user_id', $1, true), set_config('role', $2, true), set_config('transaction_read_only', $3, true)",
    values: [userId, role, isReadOnly ? 'on' : 'off'],
  }
}
