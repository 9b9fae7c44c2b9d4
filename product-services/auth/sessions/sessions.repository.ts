import { inTransaction, type Pool } from '@goalixa/chassis/postgres'
import type { Account } from '../accounts/accounts.repository.ts'

export type Session = {
  id: string
  userId: string
  hmacKey: Buffer
  counter: number
  createdAt: Date
  rotatedAt: Date
  isRevoked: boolean
  /** The password of the account has changed since the session began. */
  isOutdated: boolean
}

const SELECT = `
  SELECT s.id, s.user_id AS "userId", s.hmac_key AS "hmacKey", s.counter::int AS counter,
         s.created_at AS "createdAt", s.rotated_at AS "rotatedAt",
         s.revoked_at IS NOT NULL AS "isRevoked", s.sec_version <> u.sec_version AS "isOutdated"
  FROM sessions s JOIN users u ON u.id = s.user_id`

/** Creates the store of sessions in PostgreSQL: one row per device. */
export function createSessionsRepository({ pool }: { pool: Pool }) {
  return {
    /**
     * Inserts a session, unless the password has changed since `secVersion` was read; returns whether it did. The lock orders it against a
     * change of password: one that is under way is waited for and then seen, and one that follows finds this session and ends it.
     */
    async insert(
      session: Pick<Session, 'id' | 'userId' | 'hmacKey' | 'counter' | 'createdAt'> & {
        secVersion: number
        userAgent: string
      },
    ): Promise<boolean> {
      const { rowCount } = await inTransaction(pool, client =>
        client.query(
          `INSERT INTO sessions (id, user_id, sec_version, hmac_key, counter, user_agent, created_at, rotated_at)
           SELECT $1, id, sec_version, $4, $5, $6, $7, $7 FROM users WHERE id = $2 AND sec_version = $3 FOR SHARE`,
          [
            session.id,
            session.userId,
            session.secVersion,
            session.hmacKey,
            session.counter,
            session.userAgent,
            session.createdAt,
          ],
        ),
      )
      return rowCount === 1
    },

    /** Locks the session while `decide` runs, so that only one of twenty simultaneous refreshes rotates. */
    async change(
      id: string,
      decide: (session: Session) => { rotateAt?: Date; revokeAt?: Date; reason?: string },
    ): Promise<Session | undefined> {
      return inTransaction(pool, async client => {
        const { rows } = await client.query<Session>(`${SELECT} WHERE s.id = $1 FOR UPDATE OF s`, [id])
        const [session] = rows
        if (!session) return undefined
        const { rotateAt, revokeAt, reason } = decide(session)
        if (rotateAt)
          await client.query('UPDATE sessions SET counter = counter + 1, rotated_at = $2 WHERE id = $1', [
            id,
            rotateAt,
          ])
        if (revokeAt)
          await client.query(
            'UPDATE sessions SET revoked_at = coalesce(revoked_at, $2), revoked_for = coalesce(revoked_for, $3) WHERE id = $1',
            [id, revokeAt, reason],
          )
        return session
      })
    },

    /** Ends every session of an account but one, and returns their ids. */
    async endOthers(userId: string, keptId: string, at: Date): Promise<string[]> {
      const { rows } = await inTransaction(pool, client =>
        client.query<{ id: string }>(
          `UPDATE sessions SET revoked_at = $3, revoked_for = 'ended_by_owner'
           WHERE user_id = $1 AND id <> $2 AND revoked_at IS NULL RETURNING id`,
          [userId, keptId, at],
        ),
      )
      return rows.map(row => row.id)
    },

    /** Returns the ids of the sessions that were ended after an instant. */
    async endedSince(since: Date): Promise<string[]> {
      const { rows } = await inTransaction(pool, client =>
        client.query<{ id: string }>('SELECT id FROM sessions WHERE revoked_at > $1', [since]),
      )
      return rows.map(row => row.id)
    },

    /** Returns the account of a session that has not ended, or undefined. */
    async findAccount(id: string): Promise<Pick<Account, 'id' | 'email' | 'createdAt'> | undefined> {
      const { rows } = await inTransaction(pool, client =>
        client.query<Pick<Account, 'id' | 'email' | 'createdAt'>>(
          `SELECT u.id, u.email, u.created_at AS "createdAt" FROM sessions s JOIN users u ON u.id = s.user_id
           WHERE s.id = $1 AND s.revoked_at IS NULL AND s.sec_version = u.sec_version`,
          [id],
        ),
      )
      return rows[0]
    },
  }
}
export type SessionsRepository = ReturnType<typeof createSessionsRepository>
