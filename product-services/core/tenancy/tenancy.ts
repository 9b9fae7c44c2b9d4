import { type Client, inTransaction, type Pool } from '@goalixa/chassis/postgres'

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
    role ??= findRole()
    const asRole = await role.catch(error => {
      role = undefined
      throw error
    })
    return inTransaction(pool, async client => {
      const walled = client.query(
        "SELECT set_config('app.user_id', $1, true), set_config('role', $2, true), set_config('transaction_read_only', $3, true)",
        [userId, asRole, isReadOnly ? 'on' : 'off'],
      )
      // Not waited for: the work goes out behind it in the same trip, and if this fails PostgreSQL refuses all the rest
      // of the transaction.
      walled.catch(() => {})
      const result = await work(client)
      await walled
      return result
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
